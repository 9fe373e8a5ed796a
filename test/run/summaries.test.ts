import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { openRecorded } from '../../pipeline/opening/open-run.js';
import { allPlanned } from '../../pipeline/opening/valid-steps.js';
import { detectors } from '../../stages/detectors/index.js';
import { runDirectory } from '../../workers/store/run-directory.js';
import { decodeShard } from '../../workers/store/shard-file.js';
import { grodinHere } from '../cli/here.js';
import { comparable } from './command.js';
import { runFile } from './here.js';
import { type SmallExperiment, sharedExperiment, writeExperiment } from './small-experiment.js';

const model = (name: string, mean: number) => ({
  name,
  file: 'net.onnx',
  preprocess: { resize: null, crop: null, mean: [mean, mean, mean], std: [0.25, 0.25, 0.25] },
});

let folder: string;

test.before(async () => {
  folder = await sharedExperiment();
  // Values must stay with their images where some fail, on either side.
  for (const image of [3, 4, 11, 17, 20]) await writeFile(join(folder, `noisy/${image}.png`), 'no image');
});

test.after.always(() => rm(folder, { recursive: true, force: true }));

async function finish(change: SmallExperiment, out: string): Promise<void> {
  await writeExperiment(folder, { maxBadFraction: 0.5, outliers: ['noisy'], ...change }, `${out}.json`);
  const { code, err } = await runFile(folder, `${out}.json`, out);
  if (code !== 0) throw new Error(err);
}

/** Hashes of all results, without the shards that they are made from. */
async function resultsOf(out: string): Promise<Map<string, string>> {
  const all = await comparable(join(folder, out));
  return new Map([...all].filter(([file]) => !/^(shards|plan)\//.test(file)));
}

/** What finished shards keep of logits, and of which rows, by model and set. */
async function keptIn(out: string) {
  const run = await openRecorded(runDirectory(join(folder, out)));
  const shards = await allPlanned(run);
  const kept = new Map<string, { logits: number[]; readings: Set<string> }>();
  for (const { id, model: of, set, rows } of shards) {
    const { scores } = decodeShard(await readFile(run.directory.shard(id)), id);
    const { logits, readings } = kept.get(`${of} ${set}`) ?? { logits: [], readings: new Set<string>() };
    if (scores.logits !== undefined) logits.push(...rows);
    for (const { detector } of scores.readings?.names ?? []) readings.add(detector);
    kept.set(`${of} ${set}`, { logits, readings });
  }
  return { run, shards, kept };
}

test.serial(
  'results are those of a run that keeps all logits, byte by byte, for every detector',
  async (t) => {
    const change = { detectors: detectors.map(({ name }) => name) };
    await finish(change, 'all');
    await finish({ ...change, logits: 'summaries' }, 'summaries');
    const [all, summaries] = [await resultsOf('all'), await resultsOf('summaries')];
    t.true(all.size > 30, [...all.keys()].join());
    t.deepEqual(summaries, all);
    // TempScale is fitted on logits of validation images; of test images nothing but readings is kept.
    const { run, kept, shards } = await keptIn('summaries');
    const readers = detectors.filter(({ ofLogits }) => ofLogits !== undefined).map(({ name }) => name);
    for (const { name, split } of run.sets) {
      const of = kept.get(`net ${name}`);
      t.deepEqual(
        of?.logits.sort((a, b) => a - b),
        [...split.validation],
        name,
      );
      t.deepEqual([...(of?.readings ?? [])].sort(), [...readers].sort());
    }
    // Nor is it another pass, or the identity of what keeps something else.
    const [others, passes] = [
      await keptIn('all'),
      (some: typeof shards) => some.map(({ rows }) => rows.length),
    ];
    t.deepEqual(passes(shards), passes(others.shards));
    const ids = new Set(others.shards.map(({ id }) => id));
    for (const { id, readings } of shards) t.is(ids.has(id), readings === undefined);
  },
);

test.serial('only members of ensembles keep their logits', async (t) => {
  const change = {
    models: [model('a', 0.5), model('b', 0.4), model('c', 0.6)],
    ensembles: [{ name: 'ab', models: ['a', 'b'] }],
    detectors: ['MSP', 'Energy', 'GEN'],
  };
  await finish(change, 'members-all');
  await finish({ ...change, logits: 'summaries' }, 'members');
  t.deepEqual(await resultsOf('members'), await resultsOf('members-all'));
  const { run, kept } = await keptIn('members');
  for (const { name, rows } of run.sets)
    for (const member of ['a', 'b', 'c']) {
      const of = kept.get(`${member} ${name}`);
      t.is(of?.logits.length, member === 'c' ? 0 : rows.rows.length);
      t.deepEqual([...(of?.readings ?? [])], member === 'c' ? ['Energy', 'GEN'] : []);
    }
});

test.serial(
  'a further detector, or all logits, take forward passes alone; back again they take none',
  async (t) => {
    const few = { detectors: ['MSP', 'Energy'] };
    const more = { detectors: ['MSP', 'Energy', 'Entropy'] };
    await finish({ ...few, logits: 'summaries' }, 'grown');
    await finish({ ...more, logits: 'summaries' }, 'fresh');
    const shardsNow = async () => (await keptIn('grown')).shards;
    let before = await shardsNow();
    const added = async (change: SmallExperiment) => {
      await finish(change, 'grown');
      const now = await shardsNow();
      const ids = new Set(before.map(({ id }) => id));
      before = now;
      return now.filter(({ id }) => !ids.has(id));
    };
    // A file by file comparison needs the same name of the experiment and the same content.
    const forMore = await added({ ...more, logits: 'summaries' });
    t.true(forMore.length > 0);
    for (const { cells, forwardCells, readings, logits } of forMore) {
      t.is(cells.length + forwardCells.length, 0);
      t.deepEqual([readings, logits], [[{ detector: 'Entropy', temperature: 1 }], undefined]);
    }
    t.deepEqual(await resultsOf('grown'), await resultsOf('fresh'));
    const forAll = await added({ ...more, logits: 'all' });
    t.true(forAll.length > 0);
    for (const { cells, forwardCells, readings, logits } of forAll)
      t.deepEqual([cells.length + forwardCells.length, readings, logits], [0, undefined, true]);
    t.deepEqual(await resultsOf('grown'), await resultsOf('fresh'));
    t.deepEqual(await added({ ...more, detectors: [...more.detectors, 'KL'], logits: 'summaries' }), []);
  },
);

test.serial('a run that keeps none takes them up by forward passes', async (t) => {
  await finish({ detectors: ['MSP'], logits: false }, 'none');
  await finish({ detectors: ['MSP', 'Margin'] }, 'margin');
  await finish({ detectors: ['MSP', 'Margin'], logits: 'summaries' }, 'none');
  t.deepEqual(await resultsOf('none'), await resultsOf('margin'));
});

test.serial('exports have the same values of detectors, and logits are refused in one line', async (t) => {
  const table = async (out: string): Promise<string> => {
    const { code, err } = await grodinHere(['export', out, '--out', `${out}.csv`], folder);
    t.is(code, 0, err);
    return readFile(join(folder, `${out}.csv`), 'utf8');
  };
  const [all, summaries] = [await table('all'), await table('summaries')];
  t.regex(all, /Energy/);
  t.is(summaries, all);
  const { code, err } = await grodinHere(['export', 'summaries', '--out', 'x.arrow', '--logits'], folder);
  t.is(code, 2);
  t.regex(err, /does not keep all logits, since "logits" is "summaries" in its experiment; drop --logits\n$/);
});

test.serial('a dry run tells what both would take on disk', async (t) => {
  const dry = async (file: string): Promise<string> => {
    const { code, out, err } = await grodinHere(['run', file, '--out', 'new', '--dry-run'], folder);
    t.is(code, 0, err);
    return out;
  };
  // 60 images of 10 classes, 4 bytes each; or a double each for one detector.
  t.regex(
    await dry('margin.json'),
    /Logits of every image are kept: 3 KB on disk .*need of them, 480 bytes; false none/,
  );
  // 120 images of members, whose logits are needed, and 60 of another model, with two detectors.
  t.regex(
    await dry('members.json'),
    /Of logits only .* is kept: 6 KB on disk \("logits": "all" keeps those of every image, 8 KB\)/,
  );
});

test.serial('what "logits" may be is said', async (t) => {
  await writeExperiment(folder, { logits: 'some' }, 'some.json');
  const { code, err } = await runFile(folder, 'some.json', 'some');
  t.is(code, 2);
  t.regex(err, /some\.json: logits: .*expected "all", "summaries" or false/);
});
