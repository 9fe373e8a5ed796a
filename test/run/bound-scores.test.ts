import { copyFile, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { sealedJson } from '../../pipeline/store/sealed-json.js';
import { decodeShard, encodeShard } from '../../workers/store/shard-file.js';
import { comparable, copyRun, differences, shardNames, start } from './command.js';
import { runExperiment, runFile } from './here.js';
import { sharedExperiment, writeExperiment } from './small-experiment.js';

const anotherNetwork = fileURLToPath(new URL('../../../test/golden/residual-folded.onnx', import.meta.url));

let folder: string;
let expected: Map<string, string>;

test.before(async (t) => {
  folder = await sharedExperiment({ images: 12 });
  await copyFile(anotherNetwork, join(folder, 'stale.onnx'));
  const { code, err } = await runExperiment(folder, 'base');
  t.is(code, 0, err);
  expected = await comparable(join(folder, 'base'));
  const preprocess = { resize: null, crop: null, mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25] };
  await writeExperiment(
    folder,
    { images: 12, models: [{ name: 'net', file: 'stale.onnx', preprocess }] },
    'stale.json',
  );
});

test.after.always(() => rm(folder, { recursive: true, force: true }));

test.serial('without its revisions a run is not taken for another model’s', async (t) => {
  const run = await copyRun(folder, 'base', 'no revisions');
  await rm(join(run, 'revisions'), { recursive: true });
  for (const file of ['stale.json', 'experiment.json']) {
    const { code, out, err } = await runFile(folder, file, run);
    t.is(code, 1);
    t.is(out, '');
    t.regex(err, /0001-wave-1\.json: was made for a revision of the run that is not in revisions\//);
  }
});

test.serial('a plan whose rows were swapped is refused', async (t) => {
  const run = await copyRun(folder, 'base', 'swapped rows');
  await rm(join(run, 'finished.json'));
  const file = join(run, 'plan', '0001-wave-1.json');
  const plan = JSON.parse(await readFile(file, 'utf8'));
  [plan.rowLists[0], plan.rowLists[1]] = [plan.rowLists[1], plan.rowLists[0]];
  await writeFile(file, JSON.stringify(plan));
  const { code, err } = await runExperiment(folder, run);
  t.is(code, 1);
  t.regex(
    err,
    /0001-wave-1\.json: was altered or damaged.*; remove it, and the next run plans its shards again/,
  );
  await rm(file);
  t.is((await runExperiment(folder, run)).code, 0);
  const others = differences(await comparable(run), expected).filter((name) => !name.startsWith('plan/'));
  t.deepEqual(others, [], 'planned anew, every shard is kept');
});

test.serial('a plan that was sealed again with swapped rows gives the same scores', async (t) => {
  const run = await copyRun(folder, 'base', 'sealed again');
  await rm(join(run, 'finished.json'));
  const file = join(run, 'plan', '0001-wave-1.json');
  const { sha256: _, ...plan } = JSON.parse(await readFile(file, 'utf8'));
  [plan.rowLists[0], plan.rowLists[1]] = [plan.rowLists[1], plan.rowLists[0]];
  await writeFile(file, sealedJson(plan).text);
  const { code, err } = await runExperiment(folder, run);
  t.is(code, 0, err);
  for (const name of ['selection.arrow', 'metrics.arrow', 'accuracy.arrow'])
    t.is((await comparable(run)).get(name), expected.get(name), name);
});

const forgeries: Readonly<Record<string, Parameters<typeof forge>[2]>> = {
  'other images': (scores) => ({ ...scores, ids: [...scores.ids].reverse() }),
  'other labels': (scores) => ({ ...scores, labels: scores.labels.map(() => 1) }),
  'other cells': (scores) => ({
    ...scores,
    cells: scores.cells.map((cell) => ({ ...cell, epsilon: cell.epsilon + 1 })),
  }),
  'fewer images': (scores) => ({
    ...scores,
    ids: scores.ids.slice(0, -1),
    labels: scores.labels.slice(0, -1),
    digests: scores.digests.slice(0, -1),
    usable: [],
    cells: [],
    predicted: new Int32Array(),
    maxLogit: new Float64Array(),
    logOdds: new Float64Array(),
    logSG: new Float64Array(),
    failures: scores.ids.slice(0, -1).map((_, row) => ({ row, stage: 'decoding', message: 'none' })),
  }),
};

async function forge(
  run: string,
  name: string,
  change: (scores: ReturnType<typeof decodeShard>['scores']) => ReturnType<typeof decodeShard>['scores'],
): Promise<void> {
  const file = join(run, 'shards', name);
  const { scores, origin } = decodeShard(await readFile(file), name.replace('.arrow', ''));
  await writeFile(file, encodeShard(change(scores), origin));
}

for (const [what, change] of Object.entries(forgeries)) {
  test.serial(`a shard that was sealed again with ${what} is set aside and done again`, async (t) => {
    const run = await copyRun(folder, 'base', `with ${what}`);
    const [name] = await shardNames(run);
    await forge(run, name!, change);
    const { code, err } = await runExperiment(folder, run);
    t.is(code, 0, err);
    t.deepEqual(differences(await comparable(run), expected), []);
    t.true((await readdir(join(run, 'set-aside'))).some((file) => file.startsWith(name!.slice(0, 64))));
  });
}

test.serial(
  'two starts with other files at one moment: one result each is of its own files, or none',
  async (t) => {
    for (const round of [0, 1, 2]) {
      const out = join(folder, `both ${round}`);
      const starts = ['experiment.json', 'stale.json'].map((file) =>
        start(['run', file, '--out', out], folder),
      );
      const ends = await Promise.all(starts.map(({ finished }) => finished));
      t.true(
        ends.some(({ code }) => code === 0),
        ends.map(({ err }) => err).join(),
      );
      for (const [index, { code, out: printed, err }] of ends.entries()) {
        if (code !== 0)
          t.regex(
            err,
            /grodin: .*(another process has begun revision|works on this run, in which|was ".*" and is now)/,
          );
        else
          t.is(
            withoutPlace(printed),
            withoutPlace(
              (await runFile(folder, ['experiment.json', 'stale.json'][index]!, `alone ${index}`)).out,
            ),
          );
      }
    }
  },
);

/** What is printed of results, but for where they lie. */
function withoutPlace(printed: string): string {
  return printed.replace(/: .*\/tables\/\*\.md/, '');
}
