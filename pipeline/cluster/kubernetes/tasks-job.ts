import type { IJob } from 'kubernetes-models/batch/v1/Job';
import { taskRunOptions } from '../task-run.js';
import { badInput, disruption, metadata } from './job-parts.js';
import type { KubernetesJob } from './kubernetes-job.js';
import { container, podSpec } from './pod.js';

/**
 * The job whose pods score: each is one `grodin run`. It is Indexed so that each pod is tried again on its own account, and begins
 * at a place of its own among the shards; no index owns any.
 */
export function tasksJob(job: KubernetesJob): IJob {
  const { name, experiment, out, tasks, concurrent, maxRetries, maxFailed, suspend, pod, resources, run } =
    job;
  const { gpus, gpuResource } = resources;
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: metadata(job, name, 'tasks'),
    spec: {
      completionMode: 'Indexed',
      completions: tasks,
      parallelism: concurrent,
      backoffLimitPerIndex: maxRetries,
      maxFailedIndexes: maxFailed,
      // What a policy of failures requires.
      podReplacementPolicy: 'Failed',
      podFailurePolicy: {
        rules: [
          { action: 'Ignore', onPodConditions: [disruption] },
          { action: 'FailIndex', onExitCodes: badInput },
        ],
      },
      suspend,
      template: {
        metadata: { labels: { 'app.kubernetes.io/name': 'grodin' } },
        spec: podSpec(pod, resources, {
          containers: [
            container(pod, {
              name: 'grodin',
              words: ['run', experiment, '--out', out, ...taskRunOptions(run, null)],
              resources,
              devices: gpus > 0 ? { [gpuResource]: gpus } : {},
              env: { GRODIN_TASKS: `${tasks}` },
            }),
          ],
        }),
      },
    },
  };
}
