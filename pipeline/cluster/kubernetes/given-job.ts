import { posix } from 'node:path';
import { printableLine } from '../../../manifests/input/printable.js';
import { InputError } from '../../../stages/errors.js';
import type { Experiment } from '../../experiment/experiment.js';
import { taskDevice } from '../task-device.js';
import { type TaskRunOptions, usualWait } from '../task-run.js';
import type { KubernetesConfig } from './config-file.js';
import type { KubernetesJob, PodResources } from './kubernetes-job.js';
import { kubernetesName, parseClaim, type VolumeClaim } from './values.js';

/** What was given for one run; what is left out is taken from the cluster's configuration, else is as usual. */
export interface GivenJob extends Partial<TaskRunOptions> {
  /** Absolute paths, in pods. */
  readonly experiment: string;
  readonly out: string;
  readonly tasks: number;
  readonly name?: string | undefined;
  readonly namespace?: string | undefined;
  readonly image?: string | undefined;
  /** As `NAME:MOUNT` or `NAME:MOUNT:ro`. */
  readonly claim?: readonly string[] | undefined;
  readonly gpus?: number | undefined;
  readonly cpus?: number | undefined;
  readonly memory?: string | undefined;
  readonly concurrent?: number | undefined;
  readonly maxRetries?: number | undefined;
  readonly maxFailed?: number | undefined;
  /** Seconds. */
  readonly grace?: number | undefined;
  readonly user?: string | undefined;
  readonly queue?: string | undefined;
  readonly suspend?: true | undefined;
}

/** What is usual where neither the user nor the configuration says otherwise. */
export const usualJob = {
  cpus: 8,
  /** Waits that were in vain count too, which come about ten minutes after each other. */
  maxRetries: 20,
  grace: 60,
  reduceCpus: 2,
  /** Two hours. */
  reduceIdle: 7_200,
} as const;

/** As many indexes as the API server takes of a job without further bounds. */
export const mostTasks = 100_000;

/** Characters of a job's name that leave room in 63 for a pod's index, or `-reduce`. */
const LONGEST_NAME = 52;

/**
 * The jobs that options, the configuration of a cluster and an experiment come to.
 * @param experiment null where this machine doesn't see its file
 * @param note told what was decided that the user may not expect
 * @throws InputError where they don't go together
 */
export function kubernetesJob(
  given: GivenJob,
  config: KubernetesConfig,
  experiment: Pick<Experiment, 'device'> | null,
  note: (text: string) => void,
): KubernetesJob {
  const { tasks } = given;
  const claims = claimsOf(given.claim ?? config.claims ?? []);
  requireBelow('the experiment', given.experiment, claims, false);
  requireBelow('--out', given.out, claims, true);
  const image = given.image ?? config.image;
  if (image === undefined)
    throw new InputError(
      '--image: missing; name the image that the pods run, built by scripts/kubernetes/Dockerfile',
    );
  const concurrent = Math.min(tasks, given.concurrent ?? config.concurrent ?? tasks);
  const maxFailed = given.maxFailed ?? tasks;
  if (maxFailed > tasks)
    throw new InputError(
      `--max-failed: found ${maxFailed}, of ${tasks} tasks; expected no more than there are`,
    );
  const gpus = given.gpus ?? config.gpus ?? 0;
  const nodeSelector = config.nodeSelector ?? {};
  const queue = given.queue ?? config.queue;
  const resources: PodResources = {
    cpus: given.cpus ?? config.cpus ?? usualJob.cpus,
    memory: given.memory ?? config.memory,
    nodeSelector,
  };
  return {
    name: nameOf(given),
    namespace: given.namespace ?? config.namespace,
    experiment: given.experiment,
    out: given.out,
    tasks,
    concurrent,
    maxRetries: given.maxRetries ?? config.maxRetries ?? usualJob.maxRetries,
    maxFailed,
    // Kueue lets a job go by this; where there is no Kueue it waits for somebody.
    suspend: given.suspend === true || queue !== undefined,
    queue,
    pod: {
      image,
      command: config.command,
      claims,
      user: userOf(given.user ?? config.user),
      tolerations: config.tolerations ?? [],
      imagePullSecrets: config.imagePullSecrets ?? [],
      serviceAccount: config.serviceAccount,
      env: config.env ?? {},
      grace: graceOf(given.grace ?? usualJob.grace),
    },
    resources: { ...resources, gpus, gpuResource: config.gpuResource ?? 'nvidia.com/gpu' },
    reduce: {
      cpus: config.reduce?.cpus ?? usualJob.reduceCpus,
      memory: config.reduce?.memory ?? resources.memory,
      nodeSelector: config.reduce?.nodeSelector ?? (gpus > 0 ? {} : nodeSelector),
    },
    reduceIdle: usualJob.reduceIdle,
    run: {
      device: taskDevice(
        {
          asked: given.device,
          ofExperiment: experiment?.device ?? 'cpu',
          hasGpus: gpus > 0,
          withoutGpus: 'ask with --gpus, unless nodes give them unasked',
        },
        note,
      ),
      precision: given.precision,
      deadline: given.deadline,
      wait: given.wait ?? usualWait,
      rescore: given.rescore,
      trustImages: given.trustImages,
      costs: given.costs,
      tables: given.tables,
    },
  };
}

function claimsOf(texts: readonly string[]): readonly VolumeClaim[] {
  if (texts.length === 0)
    throw new InputError(
      '--claim: missing; name the volume claim that holds the run directory and the images, and the folder that pods see it at, for example --claim results:/data',
    );
  const claims = texts.flatMap((text) => parseClaim(text) ?? []);
  const seen = new Map<string, VolumeClaim>();
  for (const claim of claims) {
    const other = seen.get(claim.mount);
    if (other !== undefined)
      throw new InputError(
        `--claim: found ${other.name} and ${claim.name} at ${claim.mount}; give each a folder of its own`,
      );
    seen.set(claim.mount, claim);
  }
  return claims;
}

/** Refuses a path that pods don't see, or can't write to. */
function requireBelow(what: string, path: string, claims: readonly VolumeClaim[], isWritten: boolean): void {
  const mounts = claims.map(({ mount }) => mount);
  const claim = claims
    .filter(({ mount }) => path === mount || path.startsWith(`${mount}/`))
    .reduce<VolumeClaim | null>(
      (inner, one) => (inner && inner.mount.length > one.mount.length ? inner : one),
      null,
    );
  const shown = printableLine(path);
  if (claim === null)
    throw new InputError(
      `${what}: found ${shown}, which pods don't see: it lies below none of ${mounts.join(', ')}; give its path in the pods, or the --claim that holds it`,
    );
  // Also a folder of it may be mounted from elsewhere.
  const locked = [claim, ...claims.filter(({ mount }) => mount.startsWith(`${path}/`))].find(
    ({ readOnly }) => readOnly,
  );
  if (isWritten && locked !== undefined)
    throw new InputError(
      `${what}: found ${shown}, which ${locked === claim ? 'lies on' : 'has in it'} the claim ${locked.name}, read-only by :ro; take a folder on another claim, or drop :ro`,
    );
}

/** As the user says, else by the name of the run directory. */
function nameOf({ name, out }: GivenJob): string {
  if (name === undefined) {
    const slug = posix
      .basename(out)
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, '-');
    return `grodin-${slug}`.slice(0, LONGEST_NAME).replace(/-+$/, '');
  }
  if (kubernetesName.accepts(name) && name.length <= LONGEST_NAME) return name;
  throw new InputError(
    `--name: found ${printableLine(name)}; expected small letters, digits and dashes, at most ${LONGEST_NAME} of them`,
  );
}

function userOf(text: string | undefined): KubernetesJob['pod']['user'] {
  if (text === undefined) return undefined;
  const [uid = 0, gid = uid] = text.split(':').map(Number);
  return { uid, gid };
}

function graceOf(seconds: number): number {
  if (Number.isInteger(seconds) && seconds >= 10) return seconds;
  throw new InputError(
    `--grace: found ${seconds} s; expected whole seconds, at least 10: a task that is told to end drops its shards within seconds`,
  );
}
