import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import {
  bench,
  checkManifests,
  cifarManifest,
  compareScores,
  compile,
  detectionMetrics,
  doctor,
  type Experiment,
  folderManifest,
  forecast,
  type ImglistOptions,
  InputError,
  imagenetAManifest,
  imagenetCManifests,
  imagenetOManifest,
  imagenetRManifest,
  imagenetValManifest,
  imglistManifest,
  listParameters,
  npyManifest,
  parquetManifest,
  parseExperiment,
  type RunOptions,
  reduce,
  run,
  runWithoutReducing,
  type ScoreOptions,
  score,
  status,
  tarManifest,
  tinyImagenetManifest,
  wait,
  webdatasetManifest,
} from 'grodin';
import { temporaryFolder } from '../temporary-folder.js';

const scored = (options: object) => score('no.onnx', ['no.png'], options as ScoreOptions).next();

function circular(): object {
  const one: Record<string, unknown> = {};
  one.self = one;
  return one;
}

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
  ['score', scored, { detectors: 'MSP' }, 'detectors: found "MSP"; expected a list of names of detectors'],
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
  [
    'detectionMetrics',
    async (options) => detectionMetrics([0], [1], options),
    { resamplings: { deviation: 2.5, interval: 10 } },
    'resamplings.deviation: found 2.5; expected an integer from 2 to 1000000',
  ],
  [
    'score',
    scored,
    { signal: new AbortController() },
    'signal: found [object AbortController]; expected an AbortSignal, for example ',
  ],
  ['status', (options) => status('no', options), { signal: 1 }, 'signal: found 1; expected an AbortSignal'],
  [
    'wait',
    (options) => wait('no', options),
    { timeout: 0 },
    'timeout: found 0; expected a number of seconds above 0',
  ],
  ['doctor', doctor, { onDevice: 'log' }, 'onDevice: found "log"; expected a function'],
  [
    'compile',
    (options) => compile('no.onnx', options),
    { onNote: 1 },
    'onNote: found 1; expected a function',
  ],
  ['score', scored, { temperature: 1n }, 'temperature: found 1n; expected a temperature above 0'],
  ['score', scored, { epsilon: () => 0 }, 'epsilon: found a function; expected a perturbation size'],
  ['score', scored, { device: circular() }, 'device: found [object Object]; expected a device such as '],
  [
    'score',
    scored,
    { cache: { folder: 'cache', limit: 1 } },
    'cache.folder: found "cache"; expected the absolute ',
  ],
  [
    'score',
    scored,
    { cache: { folder: '/cache', limit: -1 } },
    'cache.limit: found -1; expected a number of bytes of ',
  ],
  ['score', scored, { temprature: 10 }, 'unknown key "temprature"; did you mean "temperature"?'],
  [
    'bench',
    (options) => bench('no.onnx', options),
    { profile: 1 },
    'profile: found 1; expected true or false',
  ],
  [
    'folderManifest',
    (options) => folderManifest('no', options),
    { classOrder: 'numbers' },
    'classOrder: found "numbers"; expected "number" or "text"',
  ],
  [
    'folderManifest',
    (options) => folderManifest('no', options),
    { base: 'stem' },
    'base: found "stem"; expected "path" or "name"',
  ],
  [
    'folderManifest',
    (options) => folderManifest('no', options),
    { labels: 'no' },
    'labels: found "no"; expected true or false',
  ],
  [
    'imagenetOManifest',
    (options) => imagenetOManifest('no', options),
    { labels: true },
    'unknown key "labels"',
  ],
  [
    'imagenetValManifest',
    (options) => imagenetValManifest('no', options),
    { labels: true },
    'labels: found true; expected the path of a list of labels, or false',
  ],
  [
    'imglistManifest',
    (options) => imglistManifest('no', options as ImglistOptions),
    {},
    'root: missing; expected the path of ',
  ],
  [
    'imglistManifest',
    (options) => imglistManifest('no', options as ImglistOptions),
    { root: '.', bas: 'name' },
    'unknown key "bas"; did you mean "base"?',
  ],
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
  test(`${name} refuses what is said to be wrong with ${said}`, async (t) => {
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
    const of = call.name;
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

test('every function refuses an option that it does not know', async (t) => {
  const folder = await temporaryFolder(t);
  for (const name of ['net.onnx', 'in.csv']) await writeFile(join(folder, name), '');
  const experiment = await parseExperiment(content, folder);
  const unknown = { uknown: 1 };
  const inRun = { out: join(folder, 'out'), ...unknown };
  for (const [name, call] of Object.entries({
    bench: () => bench('no.onnx', unknown as object),
    checkManifests: () => checkManifests([], unknown as object),
    compareScores: async () =>
      compareScores({ inDomain: [0], outlier: [1] }, { inDomain: [0], outlier: [1] }, unknown as object),
    compile: () => compile('no.onnx', unknown as object),
    detectionMetrics: async () => detectionMetrics([0], [1], unknown as object),
    doctor: () => doctor(unknown as object),
    folderManifest: () => folderManifest('no', unknown as object),
    forecast: () => forecast(experiment, inRun),
    imagenetAManifest: () => imagenetAManifest('no', unknown as object),
    imagenetCManifests: () => imagenetCManifests(['no'], unknown as object),
    imagenetOManifest: () => imagenetOManifest('no', unknown as object),
    imagenetRManifest: () => imagenetRManifest('no', unknown as object),
    imagenetValManifest: () => imagenetValManifest('no', unknown as object),
    tarManifest: () => tarManifest(['no'], unknown as object),
    tinyImagenetManifest: () => tinyImagenetManifest('no', unknown as object),
    webdatasetManifest: () => webdatasetManifest(['no'], unknown as object),
    imglistManifest: () => imglistManifest('no', { root: '.', ...unknown }),
    cifarManifest: () => cifarManifest('no', unknown as object),
    npyManifest: () => npyManifest('no', unknown as object),
    parquetManifest: () => parquetManifest(['no'], unknown as object),
    listParameters: () => listParameters('no.onnx', unknown as object),
    reduce: () => reduce('no', unknown as object),
    run: () => run(experiment, inRun),
    score: () => score('no.onnx', [], unknown as object).next(),
    status: () => status('no', unknown as object),
  })) {
    const error = await t.throwsAsync(call(), { instanceOf: InputError }, name);
    t.true(error.message.startsWith(`${name}: unknown key "uknown"; the keys here are `), error.message);
  }
});

test('run refuses what is neither a signal, a listener nor a choice, before anything is begun', async (t) => {
  const folder = await temporaryFolder(t);
  for (const name of ['net.onnx', 'in.csv']) await writeFile(join(folder, name), '');
  const experiment = await parseExperiment(content, folder);
  const out = join(folder, 'out');
  for (const [options, said] of [
    [{ stop: new AbortController() }, 'stop: found [object AbortController]; expected an AbortSignal'],
    [{ kill: true }, 'kill: found true; expected an AbortSignal'],
    [{ onProgress: {} }, 'onProgress: found {}; expected a function'],
    [{ onNote: console }, 'onNote: found '],
    [{ retryErrors: 'no' }, 'retryErrors: found "no"; expected true or false'],
    [
      { out: 'a\0b' },
      'out: found "a\\u0000b"; expected the path of a run directory, which can hold neither a NUL ',
    ],
  ] as const) {
    const given = { out, ...options } as RunOptions;
    const error = await t.throwsAsync(run(experiment, given), { instanceOf: InputError });
    t.true(error.message.startsWith(`run: ${said}`), error.message);
    t.false(error.message.includes('\n'));
  }
  t.deepEqual((await readdir(folder)).sort(), ['in.csv', 'net.onnx']);
});

test('run and forecast refuse an experiment that code has changed beyond what a file may say', async (t) => {
  const folder = await temporaryFolder(t);
  for (const name of ['net.onnx', 'in.csv']) await writeFile(join(folder, name), '');
  const parsed = await parseExperiment(content, folder);
  const [outlier] = parsed.outliers;
  const [model] = parsed.models;
  for (const [change, said] of [
    [{ batchSize: 0 }, 'batchSize: found 0; expected an integer from 1 to 65536'],
    [{ batchSize: 1.5 }, 'batchSize: found 1.5; expected an integer from 1 to 65536'],
    [{ workers: 1e6 }, 'workers: found 1000000; expected an integer from 1 to '],
    [{ memory: -1 }, 'memory: found -1; expected an integer of at least 1'],
    [{ outliers: [outlier, outlier] }, 'outliers[1].name: found "out", the name of another set; rename one'],
    [{ models: [model, model] }, 'models[1].name: found "net", the name of another model; rename one'],
    [{ detectors: ['ODIM'] }, 'detectors[0]: unknown detector "ODIM"; did you mean "ODIN"?'],
    [
      { grid: { epsilon: [1, 0], temperature: [1] } },
      'grid.epsilon: found 0 after 1; expected ascending values',
    ],
    [{ grid: { epsilon: [0], temperature: [1, 1] } }, 'grid.temperature: found 1 twice; drop one'],
    [
      { resamplings: { deviation: 2.5, interval: 2 } },
      'resamplings.deviation: found 2.5; expected an integer',
    ],
    [{ sede: 1 }, 'unknown key "sede"; did you mean "seed"?'],
  ] as const)
    for (const call of [run, forecast]) {
      const experiment = { ...parsed, ...change } as Experiment;
      const error = await t.throwsAsync(call(experiment, { out: join(folder, 'out') }), {
        instanceOf: InputError,
      });
      const of = said.startsWith('unknown') ? 'experiment: ' : 'experiment.';
      t.true(error.message.startsWith(`${call.name}: ${of}${said}`), error.message);
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
