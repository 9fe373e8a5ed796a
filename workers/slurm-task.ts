/** The variables of a process: what `process.env` has. */
type Environment = Readonly<Record<string, string | undefined>>;

/** Bytes of what Slurm counts memory in. */
const MEBIBYTE = 2 ** 20;

/** Whether this process runs inside a job of Slurm. */
export function isInSlurm(environment: Environment = process.env): boolean {
  return (environment.SLURM_JOB_ID ?? '') !== '';
}

/**
 * How many cores Slurm gave this task, or null where it doesn't say. Where a cluster does not bind tasks to cores, nothing else
 * tells.
 */
export function slurmCores(environment: Environment = process.env): number | null {
  return isInSlurm(environment) ? countOf(environment.SLURM_CPUS_PER_TASK) : null;
}

/**
 * How many bytes of memory Slurm gave this task, or null where it doesn't say, as where a job has whole nodes: what it counts
 * by cores or GPUs is multiplied by those that the task has.
 */
export function slurmMemory(environment: Environment = process.env): number | null {
  if (!isInSlurm(environment)) return null;
  const {
    SLURM_MEM_PER_NODE: node,
    SLURM_MEM_PER_CPU: cpu,
    SLURM_MEM_PER_GPU: gpu,
    SLURM_CPUS_ON_NODE: cpusOnNode,
    SLURM_GPUS_ON_NODE: gpusOnNode,
  } = environment;
  const cores = slurmCores(environment) ?? countOf(cpusOnNode);
  const mebibytes =
    countOf(node) ?? product(countOf(cpu), cores) ?? product(countOf(gpu), countOf(gpusOnNode));
  return mebibytes === null ? null : mebibytes * MEBIBYTE;
}

/** A number above 0; null for everything else, as 0 stands for no bound. */
function countOf(text: string | undefined): number | null {
  return text !== undefined && /^[1-9]\d{0,14}$/.test(text) ? Number(text) : null;
}

function product(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : a * b;
}
