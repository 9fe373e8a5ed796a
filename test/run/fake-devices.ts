import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openRun } from '../../pipeline/opening/open-run.js';
import { type Supervised, type Supervision, supervise } from '../../pipeline/pool/supervisor.js';
import { readExperiment } from '../../pipeline/read-experiment.js';
import { planBatch } from '../../pipeline/setup/plan-batch.js';
import { resolveSetup } from '../../pipeline/setup/run-setup.js';
import { contentId } from '../../pipeline/store/revisions.js';
import { runDirectory } from '../../workers/store/run-directory.js';

/** One task of a worker thread: which shard, on which device, in which process and thread. */
export interface Taken {
  readonly device: string;
  readonly shard: string;
  readonly thread: string;
}

/** A device that fails: what its program does with a task before it scores it as the real one does. */
export interface FakeDevices {
  readonly folder: string;
  /** Name of this case: of its files, and of its run directory. */
  readonly name: string;
  /**
   * Statements that see `device` ('0' or '1'), `task`, `crash()`, `hang()` and `once()`, which is true for whoever
   * asks first in the whole run.
   */
  readonly fault: string;
  /** Statements that its program begins with, while it is loaded. */
  readonly load?: string;
  /** Seconds. */
  readonly deadline?: number;
}

/** Runs `experiment.json` on the devices cpu:0 and cpu:1, whose workers are stand-ins around the real one. */
export async function runOnFakes(fakes: FakeDevices, supervision: Supervision = {}): Promise<Supervised> {
  const { folder, name } = fakes;
  const built = (path: string): string => JSON.stringify(new URL(`../../${path}`, import.meta.url).href);
  const worker = join(folder, `${name}-worker.mjs`);
  const pool = join(folder, `${name}-pool.mjs`);
  await appendFile(logOf(fakes), '');
  await writeFile(
    worker,
    `import { appendFileSync, writeFileSync } from 'node:fs';
     import { threadId } from 'node:worker_threads';
     import { workerData } from ${JSON.stringify(import.meta.resolve('piscina'))};
     import work from ${built('workers/worker.js')};
     const device = workerData.device.which;
     const hang = () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
     // As native code does: process.abort() refuses to end a process from a thread.
     const crash = () => { process.kill(process.pid, 'SIGABRT'); hang(); };
     const once = () => {
       try { writeFileSync(${JSON.stringify(join(folder, `${name}-happened`))}, '', { flag: 'wx' }); return true; }
       catch { return false; }
     };
     ${fakes.load ?? ''}
     export default async function take(task) {
       const line = { device, shard: task.id, thread: process.pid + '/' + threadId };
       appendFileSync(${JSON.stringify(logOf(fakes))}, JSON.stringify(line) + '\\n');
       ${fakes.fault}
       return work(task);
     }`,
  );
  await writeFile(
    pool,
    `import { servePool } from ${built('pipeline/pool/process.js')};
     servePool({ worker: ${JSON.stringify(worker)} });`,
  );
  const out = join(folder, name);
  const experiment = await readExperiment(join(folder, 'experiment.json'));
  const setup = await resolveSetup(experiment, { device: 'cpu:0,1' });
  const batch = { ...setup, allowedBytes: null };
  const { experiment: planned } = await planBatch(experiment, runDirectory(out), batch);
  const { contents } = await openRun(planned, runDirectory(out));
  const { deadline = 600 } = fakes;
  return supervise(
    {
      ...setup,
      experiment: planned,
      content: contentId(contents),
      views: null,
      out,
      memory: null,
      maxPixels: experiment.maxPixels,
      reduce: true,
      lastWave: 2,
      wait: null,
      share: null,
      cache: null,
      deadline,
    },
    { ...supervision, entry: pool },
  );
}

/** What the workers took, in order. */
export async function taken(fakes: Pick<FakeDevices, 'folder' | 'name'>): Promise<readonly Taken[]> {
  const lines = (await readFile(logOf(fakes), 'utf8')).split('\n').filter(Boolean);
  return lines.map((line) => JSON.parse(line));
}

function logOf({ folder, name }: Pick<FakeDevices, 'folder' | 'name'>): string {
  return join(folder, `${name}-log`);
}
