import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import {
  bench,
  compile,
  detectionMetrics,
  doctor,
  type Experiment,
  forecast,
  InputError,
  listParameters,
  parseExperiment,
  reduce,
  run,
  runWithoutReducing,
  type ScoreOptions,
  score,
  status,
} from 'grodin';
import { temporaryFolder } from '../temporary-folder.js';

const scored = (options: object) => score('no.onnx', ['no.png'], options as ScoreOptions).next();

/** Each with options that its types let through, or that JavaScript does, and what is said of the first of them. */
const refused: readonly (readonly [string, (options: object) => Promise<unknown>, object, string])[] = [
  ...[0, -1, 1.5].flatMap((batch) => [
    [
      'compile',
      (options: object) => compile('no.onnx', options),
      { batch },
      `batch: found ${batch}; expected an integer from 1 to 65536`,
    ] as const,
    [
      'listParameters',
      (options: object) => listParameters('no.onnx', options),
      { batch },
      `batch: found ${batch}; expected an integer from 1 to 65536`,
    ] as const,
    [
      'bench',
      (options: object) => bench('no.onnx', options),
      { batch },
      `batch: found ${batch}; expected an integer from 1 to 65536`,
    ] as const,
  ]),
  [
    'compile',
    (options) => compile('no.onnx', options),
    { lowerings: 'quick' },
    'lowerings: found "quick"; expected one of cpu, portable, ',
  ],
  [
    'compile',
    (options) => compile('no.onnx', options),
    { parameters: 'role:*' },
    'parameters: found "role:*"; expected a list of name patterns',
  ],
  [
    'bench',
    (options) => bench('no.onnx', options),
    { rounds: 0 },
    'rounds: found 0; expected an integer of at least 1',
  ],
  [
    'bench',
    (options) => bench('no.onnx', options),
    { threads: 0 },
    'threads: found 0; expected an integer from 1 to ',
  ],
  ['doctor', doctor, { seconds: 0 }, 'seconds: found 0; expected a number of seconds above 0'],
  ['doctor', doctor, { seconds: -1 }, 'seconds: found -1; expected a number of seconds above 0'],
  ...[0, -1, Number.NaN].map(
    (temperature) =>
      [
        'score',
        scored,
        { temperature },
        `temperature: found ${temperature}; expected a temperature above 0`,
      ] as const,
  ),
  ...[-0.1, Number.NaN].map(
    (epsilon) =>
      [
        'score',
        scored,
        { epsilon },
        `epsilon: found ${epsilon}; expected a perturbation size of at least 0`,
      ] as const,
  ),
  [
    'score',
    scored,
    { preprocess: 'imagenet' },
    'preprocess: found "imagenet"; expected an object, for example preprocessPresets.imagenet',
  ],
  ['score', scored, { device: 5 }, 'device: found 5; expected a device such as "cpu", "cuda:0,1" or "auto"'],
  ['score', scored, { modelOutput: '' }, 'modelOutput: found ""; expected the name of an output'],
  [
    'score',
    scored,
    { cache: 'off' },
    'cache: found "off"; expected an object with the keys folder and limit, or ',
  ],
  ['score', scored, { cache: { limit: 1 } }, 'cache.folder: missing; expected the absolute path of a folder'],
  [
    'doctor',
    doctor,
    { device: '' },
    'device: found ""; expected a device such as "cpu", "cuda:0,1" or "auto"',
  ],
  ...['', 5].flatMap((out) => [
    [
      'status',
      () => status(out as string),
      { out },
      `out: found ${JSON.stringify(out)}; expected the path of a run directory`,
    ] as const,
    [
      'reduce',
      () => reduce(out as string),
      { out },
      `out: found ${JSON.stringify(out)}; expected the path of a run directory`,
    ] as const,
  ]),
  ...[-1, 1.5].map(
    (seed) =>
      [
        'detectionMetrics',
        async (options: object) => detectionMetrics([0], [1], options),
        { seed },
        `seed: found ${seed}; expected an integer of at least 0`,
      ] as const,
  ),
  ['score', scored, { maxPixels: 0 }, 'maxPixels: found 0; expected an integer of at least 1'],
  ...[0, -1, 1.5].map(
    (workers) =>
      [
        'reduce',
        (options: object) => reduce('no', options),
        { workers },
        `workers: found ${workers}; expected an integer from 1 to `,
      ] as const,
  ),
];

for (const [name, call, options, said] of refused)
  test(`${name} refuses ${Object.entries(options).map(([key, value]) => `${key} ${value}`)}`, async (t) => {
    const error = await t.throwsAsync(call(options), { instanceOf: InputError });
    t.true(error.message.startsWith(`${name}: ${said}`), error.message);
    t.false(error.message.includes('\n'));
  });

const content = {
  models: [{ name: 'net', file: 'net.onnx', preprocess: 'imagenet' }],
  inDomain: { name: 'in', manifest: 'in.csv', validation: 1 },
  outliers: [{ name: 'out', manifest: 'in.csv', validation: 1 }],
} as const;

test('run and forecast refuse numbers out of bounds before anything is read or written', async (t) => {
  const folder = await temporaryFolder(t);
  for (const name of ['net.onnx', 'in.csv']) await writeFile(join(folder, name), '');
  const experiment = await parseExperiment(content, folder);
  const out = join(folder, 'out');
  for (const call of [run, runWithoutReducing, forecast]) {
    const of = call === forecast ? 'forecast' : 'run';
    for (const workers of [0, -1, 1.5]) {
      const error = await t.throwsAsync(call(experiment, { out, workers }), { instanceOf: InputError });
      t.true(error.message.startsWith(`${of}: workers: found ${workers}; expected an integer from 1 to `));
    }
    for (const deadline of [0, -1, Number.NaN])
      await t.throwsAsync(call(experiment, { out, deadline }), {
        instanceOf: InputError,
        message: `${of}: deadline: found ${deadline}; expected a number of seconds above 0`,
      });
    await t.throwsAsync(call(experiment, { out: '' }), {
      instanceOf: InputError,
      message: `${of}: out: found ""; expected the path of a run directory`,
    });
    await t.throwsAsync(call(experiment, { out, memory: 0 }), {
      instanceOf: InputError,
      message: `${of}: memory: found 0; expected an integer of at least 1`,
    });
  }
});

test('run and forecast refuse an object that was not parsed, and say how to parse it', async (t) => {
  const folder = await temporaryFolder(t);
  for (const name of ['net.onnx', 'in.csv']) await writeFile(join(folder, name), '');
  const parsed = await parseExperiment(content, folder);
  const lacking = {
    '"name"': content,
    '"grid"': { ...parsed, grid: undefined },
    'a resolved "memory"': { ...parsed, memory: '4GB' },
    'a resolved "models.0.preprocess"': { ...parsed, models: content.models },
    'a resolved "grid.epsilon"': {
      ...parsed,
      grid: { ...parsed.grid, epsilon: { from: 0, to: 1, points: 2 } },
    },
    everything: 'experiment.json',
  };
  for (const call of [run, forecast])
    for (const [what, experiment] of Object.entries(lacking)) {
      const error = await t.throwsAsync(
        call(experiment as unknown as Experiment, { out: join(folder, 'out') }),
        {
          instanceOf: InputError,
        },
      );
      t.regex(
        error.message,
        /^(?:run|forecast): experiment: found .*; expected what parseExperiment or readExperiment gives$/,
      );
      t.true(error.message.includes(`, which lacks ${what}; `), error.message);
    }
});
