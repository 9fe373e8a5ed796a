import { execFile } from 'node:child_process';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import test from 'ava';
import {
  compile,
  doctor,
  type Experiment,
  forecast,
  preprocessPresets,
  type RunOptions,
  readExperiment,
  run,
  runWithoutReducing,
  score,
} from 'grodin';
import { remember } from '../../pipeline/doctor/remembered.js';
import { childrenOf } from '../run/command.js';
import { sharedExperiment } from '../run/small-experiment.js';

let folder: string;
let experiment: Experiment;

test.before(async () => {
  folder = await sharedExperiment({
    images: 24,
    outliers: ['noisy'],
    epsilon: [0, 0.001],
    temperature: [1, 10],
  });
  experiment = await readExperiment(join(folder, 'experiment.json'));
});

test.after.always(() => rm(folder, { recursive: true, force: true }));

const wanted = new Error('enough');
const fail = (): never => {
  throw wanted;
};
/** As `fail`, by a promise that nobody waits for. */
const reject = async (): Promise<never> => fail();

const preprocess = preprocessPresets.cifar10!;
const folded = fileURLToPath(new URL('../../../test/golden/softmax-folded.onnx', import.meta.url));

test.serial('what a listener throws ends a run, which keeps its finished shards and goes on', async (t) => {
  const out = join(folder, 'stopped');
  let finished = 0;
  const onProgress: RunOptions['onProgress'] = ({ stage, done }) => {
    finished = Math.max(finished, done);
    if (stage === 'scoring' && done > 0) fail();
  };
  const shardSeconds = 0.001;
  const small = { ...experiment, shardSeconds };
  t.is(await t.throwsAsync(run(small, { out, workers: 1, onProgress })), wanted);
  t.deepEqual(await childrenOf(process.pid), []);
  const kept = (await readdir(join(out, 'shards'))).filter((name) => name.endsWith('.arrow'));
  t.true(finished > 0 && kept.length >= finished, `${kept.length} kept`);
  t.deepEqual(await readdir(join(out, 'leases')).catch(() => []), []);
  const { nothingToDo } = await run(small, { out, workers: 1 });
  t.false(nothingToDo);
});

test.serial('what a listener throws, or rejects with, is what the call rejects with', async (t) => {
  const out = join(folder, 'listened');
  for (const onProgress of [fail, reject])
    for (const call of [run, runWithoutReducing])
      t.is(await t.throwsAsync(call(experiment, { out, workers: 1, onProgress })), wanted);
  const noted = { out, device: 'auto', cache: { folder: join(folder, 'cache'), limit: 1e9 } };
  // As doctor leaves it, which would check every device of this machine.
  const onCpu = { device: 'cpu', why: 'it is the only one' };
  await remember(noted.cache, { fp32: onCpu, tf32: null, fp16: null });
  for (const onNote of [fail, reject]) {
    t.is(await t.throwsAsync(forecast(experiment, { ...noted, onNote })), wanted);
    t.is(await t.throwsAsync(run(experiment, { ...noted, onNote })), wanted);
    t.is(
      await t.throwsAsync(doctor({ device: 'cpu', seconds: 0.01, cache: null, onDevice: onNote })),
      wanted,
    );
    t.is(await t.throwsAsync(compile(folded, { onNote })), wanted);
    const options = { preprocess, cache: null, onNote };
    t.is(await t.throwsAsync(score(folded, ['no.png'], options).next()), wanted);
  }
  t.deepEqual(await childrenOf(process.pid), []);
});

test.serial('an error of the system that a listener throws is not taken for one of the run', async (t) => {
  const missing = Object.assign(new Error('mine'), { code: 'ENOENT', path: 'mine' });
  const onProgress = (): never => {
    throw missing;
  };
  t.is(await t.throwsAsync(run(experiment, { out: join(folder, 'mine'), workers: 1, onProgress })), missing);
});

test.serial('where there is no place for temporary files, that is said in one line', async (t) => {
  const program = `
    import { bench, doctor, forecast, readExperiment, reduce, score } from 'grodin';
    const experiment = await readExperiment('experiment.json');
    for (const call of [
      () => score('net.onnx', ['clean/0.png']).next(), () => reduce('out'), () => forecast(experiment, { out: 'out' }),
      () => doctor({ device: 'cpu' }), () => bench('net.onnx'),
    ])
      await call().then(() => console.log('done'), ({ name, message }) => console.log(name + ': ' + message));
  `;
  const url = new URL('../../pipeline/index.js', import.meta.url);
  const args = ['--input-type=module', '--eval', program.replace("'grodin'", JSON.stringify(url))];
  const env = { ...process.env, TMPDIR: '/nope' };
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: folder, env });
  const said =
    'InputError: there is no place for temporary files: /nope: no such file or folder; check the path (ENOENT); TMPDIR says where it is';
  t.deepEqual(stdout.trimEnd().split('\n'), Array(5).fill(said));
});

test.serial('a call whose signal is none begins nothing, and its caller ends', async (t) => {
  const program = `
    import { readdirSync } from 'node:fs';
    import { bench, doctor, reduce, score } from 'grodin';
    const signal = new AbortController();
    for (const call of [
      () => score('net.onnx', ['clean/0.png'], { signal }).next(), () => reduce('out', { signal }),
      () => doctor({ signal }), () => bench('net.onnx', { signal }),
    ])
      await call().then(() => console.log('done'), ({ name }) => console.log(name));
    console.log(JSON.stringify(readdirSync(process.env.TMPDIR)));
  `;
  const url = new URL('../../pipeline/index.js', import.meta.url);
  const args = ['--input-type=module', '--eval', program.replace("'grodin'", JSON.stringify(url))];
  const env = { ...process.env, TMPDIR: join(folder, 'clean') };
  const before = await readdir(env.TMPDIR);
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: folder, env });
  t.deepEqual(stdout.trimEnd().split('\n'), [...Array(4).fill('InputError'), JSON.stringify(before)]);
});
