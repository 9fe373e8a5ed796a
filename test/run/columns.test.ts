import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Field, type Schema, tableFromIPC } from 'apache-arrow';
import test from 'ava';
import { parse } from 'csv-parse/sync';
import { ensembleMeasures } from '../../stages/ensembles/measures.js';
import { grodinHere } from '../cli/here.js';
import { runFile } from './here.js';
import { sharedExperiment, writeExperiment } from './small-experiment.js';

const page = fileURLToPath(new URL('../../../docs/columns.md', import.meta.url));

/** What a section of the page says of one column: its type, and whether cells may be null. */
type Documented = ReadonlyMap<string, string>;

/** The sections of the page by the names of the files that their headings name. */
async function documented(): Promise<ReadonlyMap<string, Documented>> {
  const text = await readFile(page, 'utf8');
  const sections = text.split(/^## /m).slice(1);
  return new Map(
    sections.flatMap((section) => {
      const [heading = '', ...lines] = section.split('\n');
      const columns = new Map(
        lines.flatMap((line) => {
          const [, names = '', type = ''] = /^\| (`[^|]*`) \| ([^|]*?) \| [^|]+ \|$/.exec(line) ?? [];
          return [...names.matchAll(/`([^`]+)`/g)].map(([, name = '']) => [name, type] as const);
        }),
      );
      return [...heading.matchAll(/`([^`]+)`/g)].map(([, file = '']) => [file, columns] as const);
    }),
  );
}

const preprocess = { resize: null, crop: null, mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25] };
const set = (name: string, more: object = {}) => ({ name, manifest: `${name}.csv`, validation: 10, ...more });

/** An experiment with everything that files have columns for. */
const everything = {
  models: [
    { name: 'net', file: 'net.onnx', preprocess },
    { name: 'other', file: 'net.onnx', preprocess: { ...preprocess, mean: [0.4, 0.4, 0.4] } },
  ],
  ensembles: [{ name: 'both', models: ['net', 'other'] }],
  inDomain: set('clean', { ownClasses: true }),
  outlierSets: [
    set('noisy', { corruption: 'noise', severity: 1 }),
    set('dark', { corruption: 'noise', severity: 2 }),
    set('plain', { manifest: 'late.csv' }),
  ],
  covariateShifted: [{ name: 'shifted', manifest: 'late.csv', test: 5 }],
  groups: [
    { name: 'near', sets: ['noisy', 'plain'] },
    { name: 'far', sets: ['dark'] },
  ],
  detectors: ['MSP', 'ODIN', 'ML', 'G', 'SG', 'S', 'Energy', 'TempScale'],
  layerNorms: true,
};

let folder: string;

test.before(async (t) => {
  folder = await sharedExperiment();
  await writeExperiment(folder, everything, 'everything.json');
  const { code, err } = await runFile(folder, 'everything.json', 'run');
  t.is(code, 0, err);
  await writeExperiment(folder, { detectors: ['Energy'], logits: 'summaries' }, 'summaries.json');
  const summaries = await runFile(folder, 'summaries.json', 'summaries');
  t.is(summaries.code, 0, summaries.err);
});

test.after.always(() => rm(folder, { recursive: true, force: true }));

const schemaOf = async (file: string): Promise<Schema> =>
  tableFromIPC(await readFile(join(folder, 'run', file))).schema;

const types: readonly (readonly [RegExp, string])[] = [
  [/^Float64$/, 'float64'],
  [/^Int32$/, 'int32'],
  [/^Utf8$/, 'text'],
  [/^Dictionary/, 'text, dictionary'],
  [/^List<Float32>$/, 'list of float32'],
  [/^List<Float64>$/, 'list of float64'],
];

function typeOf({ type, nullable }: Field): string {
  const [, name = String(type)] = types.find(([pattern]) => pattern.test(String(type))) ?? [];
  return nullable ? `${name}, null` : name;
}

test.serial(
  'the page tells every column of every Arrow file of a run, its type and whether it may be null',
  async (t) => {
    const sections = await documented();
    const files = new Map<string, string>();
    for (const name of await readdir(join(folder, 'run'))) if (name.endsWith('.arrow')) files.set(name, name);
    for (const name of await readdir(join(folder, 'run/analyses')))
      if (name.endsWith('.arrow')) files.set(`analyses/${name}`, `analyses/${name}`);
    for (const run of ['.', '../summaries'])
      for (const name of await readdir(join(folder, 'run', run, 'shards')))
        if (name.endsWith('.arrow')) files.set(`${run}/shards/${name}`, 'shards/*.arrow');
    t.true(files.size > 10);
    const inShards = new Set<string>();
    for (const [file, section] of files) {
      const found = sections.get(section);
      t.truthy(found, `docs/columns.md has no section of \`${section}\``);
      const { fields } = await schemaOf(file);
      for (const field of fields) {
        t.is(found?.get(field.name), typeOf(field), `column ${field.name} of ${section} in docs/columns.md`);
        if (section === 'shards/*.arrow') inShards.add(field.name);
      }
      if (section !== 'shards/*.arrow')
        t.deepEqual(
          [...(found?.keys() ?? [])],
          fields.map(({ name }) => name),
          section,
        );
    }
    t.deepEqual([...(sections.get('shards/*.arrow')?.keys() ?? [])].sort(), [...inShards].sort());
  },
);

test.serial('it tells what the metadata of shards and results says', async (t) => {
  const text = await readFile(page, 'utf8');
  const [shard = ''] = await readdir(join(folder, 'run/shards'));
  for (const file of ['metrics.arrow', `shards/${shard}`])
    for (const key of (await schemaOf(file)).metadata.keys())
      t.true(text.includes(`\`${key}\``), `${key} of ${file}`);
});

/** What the lines of a table are by, in words of the experiment: before the dot of a column's name. */
const withoutKey = (name: string): string => name.replace(/^.*\./, '*.');

test.serial('it tells every column of every table and CSV file of a run', async (t) => {
  const sections = await documented();
  const header = async (file: string): Promise<readonly string[]> => {
    const [names = []]: string[][] = parse(await readFile(join(folder, 'run', file)), { to: 1 });
    return names;
  };
  const text = (await readFile(page, 'utf8')).split('## `tables/*.csv`')[1] ?? '';
  const subjects = [...everything.detectors, ...ensembleMeasures.map(({ name }) => name)];
  const inTables = new Set<string>();
  const tables = (await readdir(join(folder, 'run/tables'))).filter((name) => name.endsWith('.csv'));
  t.true(tables.length >= 10, tables.join());
  const found = sections.get('tables/*.csv');
  for (const name of tables) {
    for (const column of await header(`tables/${name}`)) {
      const [of = '', ...more] = column.split('.');
      t.true(
        more.length === 0 || subjects.includes(of) || text.includes(`\`${of}\``),
        `${column} of ${name}`,
      );
    }
    for (const column of (await header(`tables/${name}`)).map(withoutKey)) {
      inTables.add(column);
      t.true(found?.has(column), `column ${column} of tables/${name} in docs/columns.md`);
    }
  }
  t.deepEqual([...(found?.keys() ?? [])].sort(), [...inTables].sort());
  for (const name of await readdir(join(folder, 'run/analyses')))
    if (name.endsWith('.csv'))
      t.deepEqual(await header(`analyses/${name}`), [
        ...(sections.get(`analyses/${name.replace('.csv', '.arrow')}`)?.keys() ?? []),
      ]);
});

for (const [section, flags] of [
  ['grodin export', []],
  ['grodin export --wide', ['--wide']],
] as const)
  test.serial(`it tells every column that ${section} writes`, async (t) => {
    const { code, err } = await grodinHere(
      ['export', 'run', '--out', 'table.arrow', '--logits', ...flags],
      folder,
    );
    t.is(code, 0, err);
    const columns = new Map(
      (await schemaOf('../table.arrow')).fields.map((field) => [
        everything.detectors.includes(field.name) ? 'DETECTOR' : field.name,
        typeOf(field),
      ]),
    );
    t.deepEqual((await documented()).get(section), columns);
    await rm(join(folder, 'table.arrow'));
  });
