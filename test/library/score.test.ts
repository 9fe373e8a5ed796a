import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { InputError, InterruptedError, ModelError, type ScoreOptions, score } from 'grodin';
import { isAlive } from '../../manifests/output/living-process.js';
import { grodin } from '../cli/built.js';
import { childrenOf } from '../run/command.js';
import { sharedExperiment } from '../run/small-experiment.js';

const preprocess = {
  resize: null,
  interpolation: 'bilinear',
  crop: null,
  mean: [0.5, 0.5, 0.5],
  std: [0.25, 0.25, 0.25],
} as const;
let folder: string;
let model: string;
let images: readonly string[];

test.before(async () => {
  folder = await sharedExperiment({ images: 20 });
  model = join(folder, 'net.onnx');
  await writeFile(join(folder, 'plain.json'), JSON.stringify(preprocess));
  images = Array.from({ length: 20 }, (_, at) => join(folder, `clean/${at}.png`));
  // Of this process alone, so that whatever is left is one of its own.
  process.env.TMPDIR = await mkdtemp(join(tmpdir(), 'grodin-'));
});

test.after.always(async () => {
  await rm(folder, { recursive: true, force: true });
  await rm(process.env.TMPDIR ?? '', { recursive: true, force: true });
});

/**
 * Scores images as long as it is wanted, and tells what is left of that then.
 * @param onScored told how many are scored; false breaks off
 */
async function leftAfter(file: string, options: ScoreOptions, onScored: (count: number) => boolean) {
  const environment = { ...process.env };
  let scored = 0;
  let error: unknown = null;
  try {
    for await (const _ of score(file, images, { preprocess, ...options })) {
      scored += 1;
      if (onScored(scored) === false) break;
    }
  } catch (thrown) {
    error = thrown;
  }
  return {
    scored,
    error,
    temporary: await readdir(tmpdir()),
    processes: await childrenOf(process.pid),
    changed: Object.keys(process.env).filter((name) => process.env[name] !== environment[name]),
  };
}

const nothing = { temporary: [], processes: [], changed: [] };

test.serial('score gives what the command line prints', async (t) => {
  const found = [];
  for await (const result of score(model, images.slice(0, 3), {
    preprocess,
    temperature: 10,
    epsilon: 0.002,
  }))
    found.push(result);
  const { out } = await grodin(
    [
      'score',
      model,
      ...images.slice(0, 3),
      '--temperature',
      '10',
      '--epsilon',
      '0.002',
      '--preprocess',
      join(folder, 'plain.json'),
      '--json',
    ],
    folder,
  );
  t.deepEqual(
    found,
    out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line)),
  );
});

test.serial('at its end nothing is left of it', async (t) => {
  t.deepEqual(await leftAfter(model, {}, () => true), { scored: 20, error: null, ...nothing });
});

test.serial('nothing is left where the consumer breaks off', async (t) => {
  t.deepEqual(await leftAfter(model, {}, (count) => count < 2), { scored: 2, error: null, ...nothing });
});

test.serial('nothing is left where the consumer throws, or its listener does', async (t) => {
  const error = new Error('enough');
  const fail = (): never => {
    throw error;
  };
  t.deepEqual(await leftAfter(model, {}, fail), { scored: 1, error, ...nothing });
  const folded = fileURLToPath(new URL('../../../test/golden/softmax-folded.onnx', import.meta.url));
  t.deepEqual(await leftAfter(folded, { onNote: fail }, () => true), { scored: 0, error, ...nothing });
});

test.serial('what can not be scored is refused by the error of its kind, and nothing is left', async (t) => {
  for (const [file, options, kind, message] of [
    ['nowhere.onnx', {}, InputError, /no such model file/],
    [images[0] ?? '', {}, ModelError, /0\.png/],
    [model, { precision: 'fp16' }, InputError, /^InputError: precision: cpu can't compute in "fp16"/],
  ] as const) {
    const { error, ...left } = await leftAfter(file, options, () => true);
    t.true(error instanceof kind, String(error));
    t.regex(String(error), message);
    t.deepEqual(left, { scored: 0, ...nothing });
  }
});

test.serial(
  'a signal ends it at once, whether it was sent before, between images or while one is scored',
  async (t) => {
    const reason = new Error('enough');
    const early = await leftAfter(model, { signal: AbortSignal.abort(reason) }, () => true);
    const between = new AbortController();
    const late = await leftAfter(model, { signal: between.signal }, (count) => {
      if (count === 9) between.abort(reason);
      return true;
    });
    const meanwhile = new AbortController();
    const ending = leftAfter(model, { signal: meanwhile.signal }, () => true);
    while ((await readdir(tmpdir(), { recursive: true })).length < 2) await pause(1);
    meanwhile.abort(reason);
    for (const { error, scored, ...left } of [early, late, await ending]) {
      t.true(error instanceof InterruptedError);
      t.is(error instanceof InterruptedError && error.cause, reason);
      t.deepEqual(left, nothing);
    }
    t.is(early.scored, 0);
    t.is(late.scored, 9);
  },
);

test.serial('a process that is ended by Ctrl-C while it scores leaves nothing either', async (t) => {
  const program = `
    import { score } from 'grodin';
    const images = new Array(100000).fill(${JSON.stringify(images[0])});
    for await (const _ of score(${JSON.stringify(model)}, images, { preprocess: ${JSON.stringify(preprocess)} })) console.log('scored');
  `;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
    cwd: fileURLToPath(new URL('../../../', import.meta.url)),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  const [scoring] = await childrenOf(child.pid!);
  t.true((await readdir(tmpdir())).length > 0);
  child.kill('SIGINT');
  await once(child, 'exit');
  while (await isAlive(scoring!)) await pause(5);
  t.deepEqual(await readdir(tmpdir()), []);
});

test.serial('a consumer that leaves an iteration open can still end', async (t) => {
  const program = `
    import { score } from 'grodin';
    const results = score(${JSON.stringify(model)}, ${JSON.stringify(images)}, { preprocess: ${JSON.stringify(preprocess)} });
    await results.next();
  `;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
    cwd: fileURLToPath(new URL('../../../', import.meta.url)),
    stdio: 'inherit',
  });
  const [code] = await once(child, 'exit');
  t.is(code, 0);
  while ((await readdir(tmpdir())).length > 0) await pause(5);
  t.pass();
});
