import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { manifestFile } from '../../pipeline/cluster/kubernetes/manifest-file.js';
import { slurmFolder } from '../../pipeline/cluster/slurm/script-head.js';

/** Who works on runs: processes of this machine, or a cluster's scheduler. */
export const engines = ['local', 'slurm', 'kubernetes'] as const;
export type Engine = (typeof engines)[number];

/** The scheduler that a run was given to last, by what lies in its directory; else this machine. */
export async function lastEngine(out: string): Promise<Engine> {
  const [slurm, kubernetes] = await Promise.all([
    writtenAt(join(slurmFolder(out), 'submission.json')),
    writtenAt(manifestFile(out)),
  ]);
  if (slurm === null && kubernetes === null) return 'local';
  return (slurm ?? 0) >= (kubernetes ?? 0) ? 'slurm' : 'kubernetes';
}

/** Milliseconds since 1970; null where there is no such file. */
async function writtenAt(file: string): Promise<number | null> {
  return stat(file).then(
    ({ mtimeMs }) => mtimeMs,
    () => null,
  );
}
