import type { TaskRunOptions } from '../task-run.js';
import type { VolumeClaim } from './values.js';

/** A taint of nodes that pods may be placed on nevertheless, as Kubernetes has it. */
interface Toleration {
  readonly key?: string;
  readonly operator?: 'Exists' | 'Equal';
  readonly value?: string;
  readonly effect?: 'NoSchedule' | 'PreferNoSchedule' | 'NoExecute';
}

/** What the pod of a task, or of the job for the tables, gets of a node. */
export interface PodResources {
  readonly cpus: number;
  /** For example `32Gi`. */
  readonly memory: string | undefined;
  /** Labels that a node must have. */
  readonly nodeSelector: Readonly<Record<string, string>>;
}

/** How pods of both jobs are made. */
export interface PodSettings {
  readonly image: string;
  /** The command line of `grodin` in the image; undefined for the image's own entry point. */
  readonly command: readonly string[] | undefined;
  readonly claims: readonly VolumeClaim[];
  /** Numbers of the user and group that pods run as; undefined for the image's. */
  readonly user: { readonly uid: number; readonly gid: number } | undefined;
  readonly tolerations: readonly Toleration[];
  /** Names of secrets. */
  readonly imagePullSecrets: readonly string[];
  readonly serviceAccount: string | undefined;
  readonly env: Readonly<Record<string, string>>;
  /** Seconds between TERM and KILL. */
  readonly grace: number;
}

/** A run that is given to Kubernetes: an Indexed Job whose pods divide the shards, and a Job for the tables. */
export interface KubernetesJob {
  /** Of the job of the tasks; that of the job for the tables has `-reduce` behind it. */
  readonly name: string;
  /** Undefined for that of kubectl's context. */
  readonly namespace: string | undefined;
  /** Absolute path of the experiment file, in pods. */
  readonly experiment: string;
  /** Absolute path of the run directory, in pods. */
  readonly out: string;
  readonly tasks: number;
  /** How many tasks may run at a time. */
  readonly concurrent: number;
  /** How often an index is tried again after a failure that counts. */
  readonly maxRetries: number;
  /** How many indexes may fail before all others are ended. */
  readonly maxFailed: number;
  /** Whether nothing starts before somebody, or a queue, says so. */
  readonly suspend: boolean;
  /** Kueue's local queue. */
  readonly queue: string | undefined;
  readonly pod: PodSettings;
  readonly resources: PodResources & {
    readonly gpus: number;
    /** What nodes call GPUs. */
    readonly gpuResource: string;
  };
  readonly reduce: PodResources;
  /** Seconds without anybody at work after which the job for the tables gives up waiting for scores. */
  readonly reduceIdle: number;
  readonly run: TaskRunOptions;
}
