import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { readExperiment } from '../../pipeline/read-experiment.js';
import { oneOfEachPass } from '../../stages/detectors/index.js';
import { InputError } from '../../stages/errors.js';
import { resolvePreprocess } from '../../workers/images/parse-preprocess.js';
import type { FuzzOptions } from './manifests.js';
import { FuzzFault, type Tally, tried } from './outcome.js';

const preprocess = { resize: 256, crop: 224, mean: [0.5, 0.5, 0.5], std: [0.2, 0.2, 0.2] };

/** An experiment that holds every key. */
const whole = {
  name: 'fuzz',
  models: [{ name: 'm', file: 'm.onnx', preprocess, parameters: ['*'], tie: [], untie: ['a*'] }],
  inDomain: { name: 'in', manifest: 'm.csv', validation: 10, test: null },
  outliers: [{ name: 'out', manifest: 'm.csv', validation: 10, test: 5 }],
  detectors: oneOfEachPass,
  grid: { epsilon: { from: 0, to: 0.004, points: 3 }, temperature: [1, 10] },
  perturbation: { space: 'pixel' },
  seed: 1,
  resamplings: { deviation: 10, interval: 20 },
  batchSize: null,
  memory: '4GB',
  device: 'cpu',
  workers: 2,
  shardSeconds: 60,
  maxBadFraction: 0.01,
};

/** Values as JSON text, most of them wrong wherever they stand. */
const nasty = fc.oneof(
  fc.constantFrom(
    'null',
    'true',
    '0',
    '-0',
    '-1',
    '0.5',
    '1e308',
    '1e999',
    '-1e999',
    '1e-60',
    '1e-999',
    '9007199254740993',
    '""',
    '"\\u0000"',
    '"\\u001b[2J"',
    '"\\ud800"',
    '"\\u202e"',
    '[]',
    '[[]]',
    '{}',
    '{"__proto__":{"a":1}}',
    '{"constructor":1}',
    '{"toString":null}',
    '{"a":1,"a":2}',
    '"4GB"',
    '"imagenet"',
    '"m.csv"',
    '"../../etc/passwd"',
    '"nul"',
    '[1,1]',
    '[0.001]',
    '{"from":1,"to":0,"points":1e9}',
  ),
  fc.constantFrom(65, 1_000, 100_000).map((levels) => `${'['.repeat(levels)}${']'.repeat(levels)}`),
  fc.constantFrom(65, 30_000).map((levels) => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`),
  fc.constant(`"${'y'.repeat(50_000)}"`),
  fc.json({ maxDepth: 2 }),
);

const keys = [
  '__proto__',
  'constructor',
  'hasOwnProperty',
  'Models',
  'model',
  '',
  'name',
  'k'.repeat(5_000),
  '\x1b',
];

/** What is done to a value of the experiment: replaced, left out, given another key, or given twice. */
const edit = fc.record({
  /** Which of all values, counted in the order of the text. */
  at: fc.nat(60),
  how: fc.oneof(
    { weight: 6, arbitrary: nasty.map((text) => ({ kind: 'replace' as const, text })) },
    { weight: 1, arbitrary: fc.constant({ kind: 'drop' as const }) },
    { weight: 1, arbitrary: fc.constantFrom(...keys).map((key) => ({ kind: 'rename' as const, key })) },
    { weight: 1, arbitrary: fc.constant({ kind: 'double' as const }) },
  ),
});

type Edit = typeof edit extends fc.Arbitrary<infer T> ? T : never;

/** Characters put in or taken out anywhere. */
const scribble = fc.record({
  at: fc.nat(),
  gone: fc.nat(3),
  text: fc.constantFrom('', ',', '"', '{', ']', '\\', '\0', '\ufeff', '1', '//', '\r', '\u2028', 'NaN'),
});

/** Writes JSON, editing the n-th value on the way. */
function written(value: unknown, edits: readonly Edit[]): string {
  let count = -1;
  const member = (key: string | null, item: unknown): string => {
    count += 1;
    const own = count;
    const plain = write(item);
    const how = edits.find(({ at }) => at === own)?.how;
    const lead = key === null ? '' : `${JSON.stringify(how?.kind === 'rename' ? how.key : key)}:`;
    switch (how?.kind) {
      case 'replace':
        return `${lead}${how.text}`;
      case 'drop':
        return '';
      case 'double':
        return `${lead}${plain},${lead}${plain}`;
      default:
        return `${lead}${plain}`;
    }
  };
  const write = (item: unknown): string => {
    if (Array.isArray(item)) return `[${joined(item.map((one) => member(null, one)))}]`;
    if (typeof item !== 'object' || item === null) return JSON.stringify(item);
    return `{${joined(Object.entries(item).map(([key, one]) => member(key, one)))}}`;
  };
  return member(null, value);
}

function joined(parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join(',');
}

function texts(value: unknown): fc.Arbitrary<string> {
  const edited = fc.array(edit, { maxLength: 2 }).map((edits) => written(value, edits));
  return fc
    .tuple(
      edited,
      fc.oneof(
        { weight: 3, arbitrary: fc.constant([]) },
        { weight: 1, arbitrary: fc.array(scribble, { maxLength: 2 }) },
      ),
    )
    .map(([text, scribbles]) =>
      scribbles.reduce((changed, { at, gone, text: put }) => {
        const place = at % (changed.length + 1);
        return changed.slice(0, place) + put + changed.slice(place + gone);
      }, text),
    );
}

/** Reads nearly-experiments; what is taken has only the types that it says. */
export async function fuzzExperiments({ cases, seed, folder }: FuzzOptions): Promise<Tally> {
  const file = join(folder, 'e.json');
  await writeFile(join(folder, 'm.onnx'), '');
  await writeFile(join(folder, 'm.csv'), '');
  let taken = 0;
  await fc.assert(
    fc.asyncProperty(texts(whole), async (text) => {
      await writeFile(file, text);
      // A preprocessing file that an experiment names is at fault by its own name.
      const experiment = await tried(() => readExperiment(file), folder);
      if (experiment === null) return;
      taken += 1;
      const { epsilon, temperature } = experiment.grid;
      if (![...epsilon, ...temperature, experiment.seed, experiment.shardSeconds].every(Number.isFinite)) {
        throw new FuzzFault('a number that is not finite was taken');
      }
    }),
    { numRuns: cases, seed },
  );
  return { cases, taken, refused: cases - taken };
}

/** Reads files that are nearly preprocessing. */
export async function fuzzPreprocess({ cases, seed, folder }: FuzzOptions): Promise<Tally> {
  const file = join(folder, 'p.json');
  const fault = (text: string): InputError => new InputError(`${file}: ${text}`);
  let taken = 0;
  await fc.assert(
    fc.asyncProperty(texts(preprocess), async (text) => {
      await writeFile(file, text);
      if ((await tried(() => resolvePreprocess('p.json', folder, fault), file)) !== null) taken += 1;
    }),
    { numRuns: cases, seed },
  );
  return { cases, taken, refused: cases - taken };
}
