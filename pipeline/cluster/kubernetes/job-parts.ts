import type { IJob } from 'kubernetes-models/batch/v1/Job';
import type { KubernetesJob } from './kubernetes-job.js';

/** The condition of a pod that was evicted, preempted, or lost with its node: nothing of its own doing. */
export const disruption = { type: 'DisruptionTarget', status: 'True' } as const;

/** The exit code of what was given wrongly, which no other try mends. */
export const badInput: { operator: 'In'; values: number[] } = { operator: 'In', values: [2] };

/** What a job is called, and found by. @param part what it is of the run */
export function metadata(
  { namespace, queue, name: run }: KubernetesJob,
  name: string,
  part: 'tasks' | 'reduce',
): NonNullable<IJob['metadata']> {
  return {
    name,
    ...(namespace === undefined ? {} : { namespace }),
    labels: {
      'app.kubernetes.io/name': 'grodin',
      'app.kubernetes.io/instance': run,
      'app.kubernetes.io/component': part,
      ...(queue === undefined ? {} : { 'kueue.x-k8s.io/queue-name': queue }),
    },
  };
}
