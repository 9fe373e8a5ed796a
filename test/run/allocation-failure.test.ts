import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import test from 'ava';
import { isAllocationFailure } from '../../workers/allocation-failure.js';
import { decodeShard } from '../../workers/store/shard-file.js';
import { main } from '../cli/built.js';
import { revisionsOf, shardNames } from './command.js';
import { smallExperiment } from './small-experiment.js';

/** More than the address space below holds: its passes take 3 to 5 GB beside what Node reserves. */
const planned = 8192;
/** Address space in KiB. What Node itself reserves differs from machine to machine, so the first that does is taken. */
const limits = [2.8e6, 3.4e6, 4.2e6];

const onLinux = process.platform === 'linux' ? test : test.skip;

onLinux(
  'a run whose batch does not fit in memory halves it, ends well and says so in its shards',
  async (t) => {
    const folder = await smallExperiment(t, {
      images: 12,
      temperature: [1],
      epsilon: [0],
      detectors: ['MSP', 'G'],
      outliers: ['noisy'],
      batchSize: planned,
      shardSeconds: 1,
    });
    let ended = { code: 1, err: '' };
    for (const limit of limits) {
      await rm(join(folder, 'run'), { recursive: true, force: true });
      ended = await runWithin(limit, folder);
      if (ended.code === 0) break;
    }
    t.is(ended.code, 0, ended.err);
    const sizes = new Set<number>();
    for (const name of await shardNames(join(folder, 'run'))) {
      const id = name.replace('.arrow', '');
      const { scores, origin } = decodeShard(await readFile(join(folder, 'run', 'shards', name)), id);
      t.is(scores.usable.length, scores.ids.length);
      t.true(scores.logOdds.every(Number.isFinite));
      t.true(Number.isInteger(Math.log2(origin.batchSize)), `${origin.batchSize}`);
      sizes.add(origin.batchSize);
    }
    // A shard that is only passed forward needs a fraction of that memory: where there is just enough, it is not halved.
    sizes.delete(planned);
    t.true(sizes.size > 0);
    for (const size of sizes)
      t.true(ended.err.includes(`out of memory; trying again with batches of ${size}\n`));
    t.is((await revisionsOf(join(folder, 'run')))[0]!.experiment.batchSize, planned);
  },
);

/** Runs the experiment in a process that may not have more address space than that. */
async function runWithin(limit: number, cwd: string): Promise<{ code: number; err: string }> {
  const command = `ulimit -v ${limit} && exec "$@"`;
  const args = ['run', 'experiment.json', '--out', 'run', '--workers', '1'];
  const child = spawn('sh', ['-c', command, 'sh', process.execPath, main, ...args], {
    cwd,
    stdio: ['ignore', 'ignore', 'pipe'],
    // Each thread of the C library would reserve address space of its own.
    env: { ...process.env, MALLOC_ARENA_MAX: '1' },
  });
  const [err, [code]] = await Promise.all([text(child.stderr), once(child, 'close')]);
  return { code: Number(code ?? 1), err };
}

test('errors of ONNX Runtime, WebGPU, the C++ library and V8 that mean memory are told from others', (t) => {
  for (const message of [
    'std::bad_alloc',
    'Status Message: /onnxruntime_src/onnxruntime/core/framework/bfc_arena.cc:360 Failed to allocate memory for requested buffer of size 1280',
    'RangeError: Array buffer allocation failed',
    'WebGPU validation failed. Buffer size (1358954496) exceeds the max buffer size limit (1073741824).',
    'WebGPU validation failed. [Invalid Buffer (unlabeled)] is invalid due to a previous error.',
  ])
    t.true(isAllocationFailure(new Error(message)), message);
  t.false(isAllocationFailure(new Error('Non-zero status code returned while running Conv node')));
});
