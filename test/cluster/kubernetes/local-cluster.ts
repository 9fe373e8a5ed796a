import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { IJob } from 'kubernetes-models/batch/v1/Job';
import type { IContainer } from 'kubernetes-models/v1/Container';
import { main } from '../../cli/built.js';

/** A pod, as it was started and ended. */
export interface LocalPod {
  /** Of an Indexed Job; null for others. */
  readonly index: number | null;
  /** Pods of this index before it. */
  readonly attempt: number;
  /** The container that runs, or ran last. */
  child: ChildProcess | null;
  isDisrupted: boolean;
  /** 128 and the number of the signal where it was killed; null while it runs. */
  exitCode: number | null;
  text: string;
}

/** What became of a job. */
export interface EndedJob {
  readonly pods: readonly LocalPod[];
  readonly succeeded: readonly (number | null)[];
  readonly failed: readonly (number | null)[];
}

/** What is otherwise on this machine. */
export interface LocalNode {
  /** Environment of all pods. */
  readonly env: NodeJS.ProcessEnv;
  /** Told of each pod that has started. */
  readonly onPod?: (pod: LocalPod) => void;
  /** Further arguments of an index's pods: what is wrong with the node that it lands on. */
  readonly broken?: ReadonlyMap<number, readonly string[]>;
}

/**
 * Runs a job as its controller and kubelets would, by its manifest alone: pods as processes, by their containers' arguments and
 * environment; ended pods by the job's policy of failures.
 */
export async function runJob(job: IJob, node: LocalNode): Promise<EndedJob> {
  const { spec } = job;
  if (spec?.suspend) throw new Error('is suspended');
  const isIndexed = spec?.completionMode === 'Indexed';
  const waiting: (number | null)[] = isIndexed ? [...Array(spec?.completions ?? 0).keys()] : [null];
  const limit = (isIndexed ? spec?.backoffLimitPerIndex : spec?.backoffLimit) ?? 6;
  const ended = {
    pods: [] as LocalPod[],
    succeeded: [] as (number | null)[],
    failed: [] as (number | null)[],
  };
  const counted = new Map<number | null, number>();
  const work = async (): Promise<void> => {
    for (let index = waiting.shift(); index !== undefined; index = waiting.shift()) {
      if (ended.failed.length > (spec?.maxFailedIndexes ?? Number.POSITIVE_INFINITY)) return;
      const attempt = ended.pods.filter((pod) => pod.index === index).length;
      const pod: LocalPod = { index, attempt, child: null, isDisrupted: false, exitCode: null, text: '' };
      ended.pods.push(pod);
      await runPod(job, pod, node);
      switch (pod.exitCode === 0 ? 'Succeed' : actionFor(job, pod)) {
        case 'Succeed':
          ended.succeeded.push(index);
          break;
        case 'Ignore':
          waiting.unshift(index);
          break;
        case 'FailIndex':
        case 'FailJob':
          ended.failed.push(index);
          break;
        default: {
          const failures = (counted.get(index) ?? 0) + 1;
          counted.set(index, failures);
          if (failures > limit) ended.failed.push(index);
          else waiting.unshift(index);
        }
      }
    }
  };
  await Promise.all(Array.from({ length: spec?.parallelism ?? 1 }, work));
  return ended;
}

/** Ends a pod as an eviction does: TERM, and KILL when the time for it is over. */
export function evict(job: IJob, pod: LocalPod): void {
  pod.isDisrupted = true;
  pod.child?.kill('SIGTERM');
  const grace = job.spec?.template.spec?.terminationGracePeriodSeconds ?? 30;
  setTimeout(() => pod.child?.kill('SIGKILL'), grace * 1_000).unref();
}

/** The first rule of a job's policy that an ended pod meets, as the controller goes through them. */
function actionFor(job: IJob, { isDisrupted, exitCode }: LocalPod): string {
  const conditions = isDisrupted ? [{ type: 'DisruptionTarget', status: 'True' }] : [];
  const rule = (job.spec?.podFailurePolicy?.rules ?? []).find(({ onPodConditions, onExitCodes }) =>
    onExitCodes === undefined
      ? onPodConditions?.some(({ type, status }) =>
          conditions.some((one) => one.type === type && one.status === status),
        )
      : onExitCodes.values.includes(exitCode ?? -1) === (onExitCodes.operator === 'In'),
  );
  return rule?.action ?? 'Count';
}

async function runPod(job: IJob, pod: LocalPod, node: LocalNode): Promise<void> {
  const { initContainers = [], containers } = job.spec?.template.spec ?? { containers: [] };
  for (const container of [...initContainers, ...containers]) {
    const args = [...(container.args ?? []), ...(node.broken?.get(pod.index ?? -1) ?? [])];
    pod.child = spawn(process.execPath, [main, ...args], {
      env: { ...node.env, ...environmentOf(container, pod) },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [pod.child.stdout, pod.child.stderr])
      stream?.on('data', (chunk) => {
        pod.text += chunk;
      });
    const exit = once(pod.child, 'exit');
    node.onPod?.(pod);
    const [code, signal] = await exit;
    pod.exitCode = code ?? (signal === 'SIGKILL' ? 137 : 143);
    if (pod.exitCode !== 0) return;
  }
}

function environmentOf({ env = [] }: IContainer, { index }: LocalPod): NodeJS.ProcessEnv {
  return {
    KUBERNETES_SERVICE_HOST: '10.0.0.1',
    ...(index === null ? {} : { JOB_COMPLETION_INDEX: `${index}` }),
    ...Object.fromEntries(env.map(({ name, value }) => [name, value])),
  };
}
