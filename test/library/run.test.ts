import { execFile } from 'node:child_process';
import { readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import test from 'ava';
import {
  forecast,
  InputError,
  InterruptedError,
  parseExperiment,
  readExperiment,
  run,
  runWithoutReducing,
} from 'grodin';
import { nodeOptions } from '../../pipeline/processes/node-options.js';
import { sharedExperiment } from '../run/small-experiment.js';

let folder: string;

test.before(async () => {
  folder = await sharedExperiment({ images: 8, outliers: ['noisy'], epsilon: [0], temperature: [1] });
});

test.after.always(() => rm(folder, { recursive: true, force: true }));

test('an object is the experiment that a file of the same content is', async (t) => {
  const file = join(folder, 'experiment.json');
  const content = JSON.parse(await readFile(file, 'utf8'));
  t.deepEqual(await parseExperiment(content, folder), await readExperiment(file));
  const { name: _, ...unnamed } = content;
  t.is((await parseExperiment(unnamed, folder)).name, 'experiment');
});

test('preprocessing files of an object lie in its folder too', async (t) => {
  const content = JSON.parse(await readFile(join(folder, 'experiment.json'), 'utf8'));
  const { preprocess } = content.models[0];
  await writeFile(join(folder, 'plain.json'), JSON.stringify(preprocess));
  const models = [{ ...content.models[0], preprocess: 'plain.json' }];
  const parsed = await parseExperiment({ ...content, models }, folder);
  t.deepEqual(parsed.models[0]?.preprocess, { ...preprocess, interpolation: 'bilinear' });
});

test('what is wrong with an object is said by its key', async (t) => {
  const content = JSON.parse(await readFile(join(folder, 'experiment.json'), 'utf8'));
  await t.throwsAsync(parseExperiment({ ...content, grid: { epsilon: [-1] } }, folder), {
    instanceOf: InputError,
    message: /^experiment: grid\.epsilon\[0\]: found -1; expected a perturbation size/,
  });
  const inDomain = { ...content.inDomain, manifest: 'nowhere.csv' };
  await t.throwsAsync(parseExperiment({ ...content, inDomain }, folder), {
    instanceOf: InputError,
    message: /^experiment: inDomain\.manifest: found "nowhere\.csv", but there is no file \//,
  });
});

test('a run from a text that Node is given leaves the environment as it is, and ends with its tables', async (t) => {
  const program = `
    import { readExperiment, reduce, run, status } from 'grodin';
    const before = { ...process.env };
    const { tables } = await run(await readExperiment(${JSON.stringify(join(folder, 'experiment.json'))}), { out: process.argv[1], workers: 1 });
    const again = await reduce(process.argv[1], { workers: 1 });
    const { resultsWritten } = await status(process.argv[1]);
    const changed = Object.keys(process.env).filter((name) => process.env[name] !== before[name]);
    console.log(JSON.stringify({ tables, again: again.tables, resultsWritten, changed }));
  `;
  const cwd = fileURLToPath(new URL('../../../', import.meta.url));
  const args = ['--input-type=module', '--eval', program, join(folder, 'out')];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd });
  const { tables, again, resultsWritten, changed } = JSON.parse(stdout);
  t.true(tables.length > 0);
  t.deepEqual(again, tables);
  t.true(resultsWritten);
  t.deepEqual(changed, []);
});

test('a run stays in its directory whose caller goes to another folder meanwhile', async (t) => {
  const own = await sharedExperiment({ images: 8, outliers: ['noisy'], epsilon: [0], temperature: [1] });
  t.teardown(() => rm(own, { recursive: true, force: true }));
  const index = JSON.stringify(new URL('../../pipeline/index.js', import.meta.url).href);
  const program = `
    import { readExperiment, run } from ${index};
    const experiment = await readExperiment('experiment.json');
    const running = run(experiment, { out: 'out', workers: 1 });
    process.chdir('clean');
    console.log((await running).tables.length > 0);
  `;
  await writeFile(join(own, 'program.mjs'), program);
  const { stdout } = await promisify(execFile)(process.execPath, ['program.mjs'], { cwd: own });
  t.is(stdout, 'true\n');
  t.true((await readdir(own)).includes('out'));
  t.false((await readdir(join(own, 'clean'))).includes('out'));
});

test('a run that nobody wants any more begins nothing, and says why', async (t) => {
  const experiment = await readExperiment(join(folder, 'experiment.json'));
  const reason = new Error('enough');
  for (const call of [run, runWithoutReducing])
    for (const signal of ['drain', 'stop', 'kill']) {
      const options = { out: join(folder, 'unwanted'), workers: 1, [signal]: AbortSignal.abort(reason) };
      const error = await t.throwsAsync(call(experiment, options), { instanceOf: InterruptedError });
      t.is(error.cause, reason);
    }
  t.false((await readdir(folder)).includes('unwanted'));
});

test('a run that is stopped says why', async (t) => {
  const experiment = await readExperiment(join(folder, 'experiment.json'));
  const [stopping, reason] = [new AbortController(), new Error('enough')];
  const onProgress = (): void => stopping.abort(reason);
  const options = { out: join(folder, 'stopped'), workers: 1, stop: stopping.signal, onProgress };
  const error = await t.throwsAsync(run(experiment, options), { instanceOf: InterruptedError });
  t.is(error.cause, reason);
});

test('a forecast leaves compiled graphs in the cache, and writes nothing else', async (t) => {
  const own = await sharedExperiment({ images: 8, outliers: ['noisy'], epsilon: [0], temperature: [1] });
  t.teardown(() => rm(own, { recursive: true, force: true }));
  const experiment = await readExperiment(join(own, 'experiment.json'));
  const options = { out: join(own, 'not-run'), device: 'cpu', workers: 1 };
  const all = async () => (await readdir(own, { recursive: true })).sort();
  const before = await all();
  await forecast(experiment, { ...options, cache: null });
  t.deepEqual(await all(), before);
  const cache = join(own, 'cache');
  await forecast(experiment, { ...options, cache: { folder: cache, limit: 1e9 } });
  const written = (await all()).filter((name) => !before.includes(name));
  t.true(written.some((name) => name.startsWith('cache/graphs/')));
  t.deepEqual(
    written.filter((name) => !/^cache(?:$|\/)/.test(name)),
    [],
  );
});

test("a process of ours has its caller's limits, but nothing that is about the caller's program", (t) => {
  t.deepEqual(nodeOptions(['--max-old-space-size=900']), ['--max-old-space-size=900']);
  t.deepEqual(nodeOptions(['--input-type=module', '--eval', '1']), []);
  t.deepEqual(nodeOptions(['--inspect-brk']), []);
});

test('a forecast refuses a run directory that could not be made, and makes none', async (t) => {
  const experiment = await readExperiment(join(folder, 'experiment.json'));
  await symlink(join(folder, 'nowhere'), join(folder, 'dangling'));
  for (const [out, said] of [
    [join(folder, 'dangling'), 'no such file or folder; check the path (ENOENT)'],
    [join(folder, 'dangling/out'), 'no such file or folder; check the path (ENOENT)'],
    [join(folder, 'net.onnx'), 'is a file where a folder is expected; choose another place (EEXIST)'],
    [
      join(folder, 'net.onnx/out'),
      'a part of the path is a file, not a folder; choose another place (ENOTDIR)',
    ],
    ...(process.platform === 'linux'
      ? [['/proc/out', 'no such file or folder; check the path (ENOENT)']]
      : []),
  ] as const) {
    const options = { out: out ?? '', workers: 1, cache: null };
    const refused = await t.throwsAsync(forecast(experiment, options), { instanceOf: InputError });
    t.true(refused.message.endsWith(`: ${said}`), refused.message);
    await t.throwsAsync(run(experiment, options), { instanceOf: InputError });
  }
});
