import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Table, tableFromIPC } from 'apache-arrow';
import test from 'ava';
import { listParameters } from '../../pipeline/compile.js';
import { grodinHere } from '../cli/here.js';
import { comparable, copyRun, differences, runFile as runFileApart, shardNames } from './command.js';
import { runExperiment, runFile } from './here.js';
import { scoreRows } from './score-rows.js';
import { sharedExperiment, writeExperiment } from './small-experiment.js';

let folder: string;
let names: readonly string[];

test.before(async () => {
  folder = await sharedExperiment({ images: 12, shardSeconds: 1 });
  await writeExperiment(folder, { images: 12, shardSeconds: 1, layerNorms: true }, 'layers.json');
  for (const { code, err } of [
    await runExperiment(folder, 'without'),
    await runFileApart(folder, 'layers.json', 'with', '--workers', '1'),
  ])
    if (code !== 0) throw new Error(err);
  const { parameters } = await listParameters(join(folder, 'net.onnx'));
  names = parameters.map(({ name }) => name);
});

test.after.always(() => rm(folder, { recursive: true, force: true }));

/** Norms of layers by image, ε and T; null where a row has none. */
async function normsOf(out: string): Promise<ReadonlyMap<string, NormRow>> {
  const rows = new Map<string, NormRow>();
  for (const table of await tablesOf(out))
    for (const { image, epsilon, temperature, log_sg, layer_log_norms } of table)
      if (epsilon !== null)
        rows.set(`${image} ${epsilon} ${temperature} ${log_sg === null}`, {
          logSG: log_sg,
          norms: layer_log_norms === null ? null : [...layer_log_norms.toArray()],
        });
  return rows;
}

interface NormRow {
  readonly logSG: number | null;
  readonly norms: readonly number[] | null;
}

async function tablesOf(out: string): Promise<readonly Table[]> {
  const shards = join(folder, out, 'shards');
  return Promise.all(
    (await shardNames(join(folder, out))).map(async (name) =>
      tableFromIPC(await readFile(join(shards, name))),
    ),
  );
}

test.serial('each score row has a norm for each parameter, which add up to log SG', async (t) => {
  const rows = await normsOf('with');
  t.true(rows.size > 100);
  for (const [row, { logSG, norms }] of rows) {
    t.is(norms === null, logSG === null, row);
    if (norms === null || logSG === null) continue;
    t.is(norms.length, names.length);
    const sum = norms.reduce((total, norm) => total + Math.exp(norm - logSG), 0);
    t.true(Math.abs(Math.log(sum)) < 2e-5, `${row}: ${Math.log(sum)}`);
  }
  for (const { schema } of await tablesOf('with'))
    t.deepEqual(JSON.parse(schema.metadata.get('layers') ?? ''), names);
});

test.serial('shards of a run without them have neither column nor names, and other identities', async (t) => {
  for (const { schema } of await tablesOf('without')) {
    t.false(schema.metadata.has('layers'));
    t.false(schema.fields.some(({ name }) => name === 'layer_log_norms'));
  }
  const [off, on] = await Promise.all(['without', 'with'].map((out) => shardNames(join(folder, out))));
  t.is(off?.length, on?.length);
  t.deepEqual(
    on?.filter((name) => off?.includes(name)),
    [],
  );
});

test.serial('scores, metrics and tables are those of a run without them', async (t) => {
  const [on, off] = await Promise.all(
    ['with', 'without'].map(async (out) => [...(await scoreRows(join(folder, out))).rows].sort()),
  );
  t.deepEqual(on, off);
  const [a, b] = [await comparable(join(folder, 'with')), await comparable(join(folder, 'without'))];
  // The list of analyses names that of layers too.
  const differs = /^(?:plan|shards)|^analyses\/\.grodin-files\.json$/;
  for (const [name, hash] of b) if (!differs.test(name)) t.is(a.get(name), hash, name);
});

test.serial(
  'a run with norms of layers that lost shards ends with equal bytes, and is read by all commands',
  async (t) => {
    const cut = await copyRun(folder, 'with', 'cut');
    for (const lost of (await shardNames(cut)).slice(0, 5)) await rm(join(cut, 'shards', lost));
    await rm(join(cut, 'finished.json'));
    const { code, err } = await runFile(folder, 'layers.json', cut, '--workers', '2');
    t.is(code, 0, err);
    t.deepEqual(differences(await comparable(join(folder, 'with')), await comparable(cut)), []);
    for (const command of ['status', 'reduce'])
      t.is((await grodinHere([command, cut], folder)).code, 0, command);
    t.deepEqual(differences(await comparable(join(folder, 'with')), await comparable(cut)), []);
  },
);

for (const [file, out, change] of [
  ['layers.json', 'without', 'was false and is now true'],
  ['experiment.json', 'with', 'was true and is now false'],
] as const)
  test.serial(
    `a run ${out} norms of layers is not continued the other way, unless it is scored anew`,
    async (t) => {
      const { code, err } = await runFile(folder, file, out, '--workers', '1');
      t.is(code, 2);
      t.true(
        err.includes(`"layerNorms" ${change}, but scores of this run were made with the old value`),
        err,
      );
      const other = await copyRun(folder, out, `${out}, turned`);
      t.is((await runFile(folder, file, other, '--workers', '1', '--rescore')).code, 0);
      const isOn = file === 'layers.json';
      const kept = (await tablesOf(`${out}, turned`)).filter(({ schema }) => schema.metadata.has('layers'));
      t.is(kept.length > 0, isOn || out === 'with');
    },
  );

test.serial('memory is planned for them', async (t) => {
  const planned = async (file: string): Promise<number> => {
    const { code, out, err } = await runFile(
      folder,
      file,
      `dry ${file}`,
      '--dry-run',
      '--json',
      '--workers',
      '1',
    );
    t.is(code, 0, err);
    return JSON.parse(out).memory.plannedBytes;
  };
  await writeExperiment(folder, { images: 12, shardSeconds: 60 }, 'long.json');
  await writeExperiment(folder, { images: 12, shardSeconds: 60, layerNorms: true }, 'long-layers.json');
  // Some hundred thousand rows of 20 layers.
  t.true((await planned('long-layers.json')) - (await planned('long.json')) > 2e7);
});

test.serial('TensorFlow.js keeps the same norms', async (t) => {
  const { code, err } = await runFile(
    folder,
    'layers.json',
    'tfjs',
    '--device',
    'tfjs:cpu',
    '--workers',
    '1',
  );
  t.is(code, 0, err);
  const expected = await normsOf('with');
  let compared = 0;
  for (const [row, { norms }] of await normsOf('tfjs')) {
    const others = expected.get(row)?.norms;
    if (norms === null || !others) continue;
    compared += 1;
    for (const [layer, norm] of norms.entries())
      t.true(Math.abs(norm - others[layer]!) < 1e-3, `${row}, ${names[layer]}: ${norm}, ${others[layer]}`);
  }
  t.true(compared > 100);
});

test.serial('what is neither true nor false is refused', async (t) => {
  await writeExperiment(folder, { images: 12, layerNorms: 'yes' }, 'wrong.json');
  const { code, err } = await runFile(folder, 'wrong.json', 'nowhere');
  t.is(code, 2);
  t.regex(err, /^grodin: wrong\.json: layerNorms: found "yes"; expected true or false\n$/);
});

test.serial('an experiment that says false is one that says nothing', async (t) => {
  await writeExperiment(folder, { images: 12, shardSeconds: 1, layerNorms: false });
  const { code, err } = await runExperiment(folder, 'without');
  t.is(code, 0);
  t.regex(err, /nothing to do/);
});
