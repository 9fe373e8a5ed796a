import type { Wave } from '../../../workers/store/planned-shard.js';
import type { TaskRunOptions } from '../task-run.js';

/** What one task of an array gets of the cluster, as sbatch's options of the same names have it. */
export interface SlurmResources {
  /** For example `2` or `a100:1`. */
  readonly gpusPerTask?: string | undefined;
  /** For example `gpu:a100:1`. */
  readonly gres?: string | undefined;
  readonly cpusPerTask: number;
  /** For example `32G`; `0` is all memory of a node. */
  readonly mem?: string | undefined;
  /** For example `4:00:00` or `1-0`. */
  readonly time?: string | undefined;
  readonly partition?: string | undefined;
  readonly account?: string | undefined;
  /** Further options of sbatch, each with its dashes. */
  readonly sbatch: readonly string[];
}

/** How the jobs find and start `grodin`. */
export interface SlurmProgram {
  /** Lines of bash that come before: `module load cuda`. */
  readonly setup: readonly string[];
  /** A command line in front of it, as written in bash: `apptainer exec --nv grodin.sif`. Empty for none. */
  readonly container: string;
  /** The command line of `grodin` itself, as written in bash. */
  readonly grodin: string;
}

/** A run that is given to Slurm: an array of tasks that divide the shards, and a job for the tables. */
export interface SlurmJob {
  /** What its jobs are called. */
  readonly name: string;
  /** Absolute path of the experiment file. */
  readonly experiment: string;
  /** Absolute path of the run directory. */
  readonly out: string;
  readonly tasks: number;
  /** How many tasks may run at a time, or null for all. */
  readonly concurrent: number | null;
  /** How often a task puts itself into the queue again. */
  readonly maxRequeues: number;
  /** How long before the time limit a task is told, in seconds. */
  readonly warning: number;
  /** Which waves are scored: `all` by one array, `each` by one array each, or one of them alone. */
  readonly waves: Wave | 'all' | 'each';
  readonly resources: SlurmResources;
  /** What the job for the tables gets. */
  readonly reduce: SlurmResources;
  readonly program: SlurmProgram;
  readonly run: TaskRunOptions;
}
