import type { IJob } from 'kubernetes-models/batch/v1/Job';
import { reduceOptions } from '../task-run.js';
import { badInput, disruption, metadata } from './job-parts.js';
import type { KubernetesJob } from './kubernetes-job.js';
import { container, podSpec } from './pod.js';

/** Waits without scores, and failures, after which nobody looks for them any more. */
const MOST_TRIES = 12;

/** What the job is called that makes the tables. @param name of the job of the tasks */
function reduceName(name: string): string {
  return `${name}-reduce`;
}

/**
 * The job that makes tables and report. Jobs of Kubernetes don't wait for each other: a container before the one that reduces
 * watches the run directory until all scores are there.
 */
export function reduceJob(job: KubernetesJob): IJob {
  const { name, experiment, out, suspend, pod, reduce, reduceIdle } = job;
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: metadata(job, reduceName(name), 'reduce'),
    spec: {
      backoffLimit: MOST_TRIES,
      podReplacementPolicy: 'Failed',
      podFailurePolicy: {
        rules: [
          { action: 'Ignore', onPodConditions: [disruption] },
          { action: 'FailJob', onExitCodes: badInput },
        ],
      },
      suspend,
      template: {
        metadata: { labels: { 'app.kubernetes.io/name': 'grodin' } },
        spec: podSpec(pod, reduce, {
          initContainers: [
            container(pod, {
              name: 'wait',
              words: ['wait', out, '--scores-of', experiment, '--idle', `${reduceIdle}s`],
              resources: reduce,
            }),
          ],
          containers: [
            container(pod, {
              name: 'reduce',
              words: ['reduce', out, ...reduceOptions(job.run)],
              resources: reduce,
            }),
          ],
        }),
      },
    },
  };
}
