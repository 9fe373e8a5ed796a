import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { type DeviceWorker, startWorkers } from '../../pipeline/pool/device-workers.js';
import { RunFailedError } from '../../stages/errors.js';
import { runDirectory } from '../../workers/store/run-directory.js';
import type { ShardTask } from '../../workers/task.js';
import { temporaryFolder } from '../temporary-folder.js';

/** Workers whose program says what it was started with and when tasks begin and end, and hangs at the task `hang`. */
async function startStandIns(
  t: ExecutionContext,
  device: string,
  deadline: number,
  bytes: number | null,
  head = '',
) {
  const folder = await temporaryFolder(t);
  const log = join(folder, 'log');
  const entry = join(folder, 'worker.mjs');
  await writeFile(log, '');
  await writeFile(
    entry,
    `${head}
     import { appendFileSync } from 'node:fs';
     import { setTimeout as pause } from 'node:timers/promises';
     import { workerData } from ${JSON.stringify(import.meta.resolve('piscina'))};
     const say = (line) => appendFileSync(${JSON.stringify(log)}, line + '\\n');
     say('decoders ' + workerData.decoders);
     export default async function take({ id }) {
       say('begin ' + id);
       if (id === 'hang') await new Promise((resolve) => setTimeout(resolve, 60_000));
       await pause(300);
       say('end ' + id);
       const report = { id, images: 1, seconds: 0, failures: [] };
       if (id === 'scored') return { kind: 'scored', bytes: Buffer.from('a shard'), tookOver: false, report };
       return { kind: 'stopped' };
     }`,
  );
  const hung: string[] = [];
  const workers = startWorkers([{ device: { name: device, which: '0' }, threads: 5 }], {
    precision: 'fp32',
    decoding: { bytes, maxPixels: 1e6 },
    stop: new SharedArrayBuffer(4),
    deadline,
    onHang: (shard) => hung.push(shard),
    note: () => {},
    entry,
  });
  return { workers, hung, lines: async () => (await readFile(log, 'utf8')).split('\n').filter(Boolean) };
}

const scoreAll = (workers: readonly DeviceWorker[], ids: readonly string[]) =>
  Promise.all(ids.map((id, index) => workers[index % workers.length]?.score({ id } as unknown as ShardTask)));

test('the thread of a GPU has four shards at once and decodes by threads of its own, the CPU one by itself', async (t) => {
  const gpu = await startStandIns(t, 'cuda', 60_000, null);
  t.is(gpu.workers.length, 4);
  await scoreAll(gpu.workers, ['a', 'b', 'c', 'd']);
  const all = ['a', 'b', 'c', 'd'];
  t.deepEqual(await gpu.lines(), [
    'decoders 5',
    ...all.map((id) => `begin ${id}`),
    ...all.map((id) => `end ${id}`),
  ]);
  const cpu = await startStandIns(t, 'cpu', 60_000, null);
  t.is(cpu.workers.length, 1);
  await scoreAll(cpu.workers, ['a', 'b']);
  t.deepEqual(await cpu.lines(), ['decoders 1', 'begin a', 'end a', 'begin b', 'end b']);
});

test('a shard that the thread of a GPU has scored is written by the caller, who answers what went wrong', async (t) => {
  const { workers } = await startStandIns(t, 'cuda', 60_000, null);
  const out = await temporaryFolder(t);
  const { shards } = runDirectory(out);
  const task = { id: 'scored', out } as unknown as ShardTask;
  await mkdir(shards, { recursive: true });
  const report = { id: 'scored', images: 1, seconds: 0, failures: [] };
  t.deepEqual(await workers[0]?.score(task), { kind: 'finished', report });
  t.is(await readFile(join(shards, 'scored.arrow'), 'utf8'), 'a shard');
  await rm(shards, { recursive: true });
  await writeFile(shards, 'no folder');
  await t.throwsAsync(async () => {
    const answer = await workers[0]?.score(task);
    if (answer?.kind === 'refused') throw new Error(answer.message);
  });
});

test('where memory is bounded, the thread of a GPU decodes by itself', async (t) => {
  const { workers, lines } = await startStandIns(t, 'cuda', 60_000, 1e9);
  await scoreAll(workers, ['a']);
  t.deepEqual(await lines(), ['decoders 1', 'begin a', 'end a']);
});

test('of two shards at once the one that came first is said to hang', async (t) => {
  const { workers, hung } = await startStandIns(t, 'cuda', 1_500, null);
  const [first, second] = workers;
  void first?.score({ id: 'hang' } as unknown as ShardTask);
  await second?.score({ id: 'done' } as unknown as ShardTask);
  void second?.score({ id: 'hang too' } as unknown as ShardTask);
  while (hung.length === 0) await new Promise((resolve) => setTimeout(resolve, 50));
  t.is(hung[0], 'hang');
});

for (const device of ['cpu', 'cuda'])
  test(`a thread of ${device} whose program can't be loaded rejects every task with the reason, the next ones too`, async (t) => {
    const missing = `import './missing.mjs';`;
    const { workers, hung, lines } = await startStandIns(t, device, 600_000, null, missing);
    const at = (index: number) => workers[index % workers.length]!;
    for (const ids of [['a', 'b'], ['c'], ['d']])
      for (const answer of await Promise.allSettled(ids.map((id, index) => scoreAll([at(index)], [id])))) {
        const reason: unknown = answer.status === 'rejected' ? answer.reason : null;
        t.true(reason instanceof RunFailedError);
        t.regex(
          String(reason),
          /the worker program can't be loaded \(Cannot find module '.*missing\.mjs' imported from .*\); install grodin again/,
        );
      }
    t.deepEqual([hung, await lines()], [[], []]);
  });
