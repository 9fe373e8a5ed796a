import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import {
  bench,
  checkManifests,
  compare,
  compareScores,
  compile,
  detectionMetrics,
  folderManifest,
  forecast,
  InputError,
  imglistManifest,
  listParameters,
  parseExperiment,
  readExperiment,
  readManifest,
  reduce,
  report,
  run,
  score,
  status,
  writeManifest,
} from 'grodin';
import { temporaryFolder } from '../temporary-folder.js';

/** A function as JavaScript may call it. */
type Called = (...given: readonly unknown[]) => unknown;

const scored: Called = (...given) => score(...(given as Parameters<typeof score>)).next();
const one = { inDomain: [0], outlier: [1] };
const compared: Called = async (...given) => compareScores(...(given as Parameters<typeof compareScores>));
const metrics: Called = async (...given) =>
  detectionMetrics(...(given as Parameters<typeof detectionMetrics>));

/** Calls that no type lets through, each with what is said of it. */
const refused: readonly (readonly [string, Called, readonly unknown[], string])[] = [
  [
    'parseExperiment',
    parseExperiment as Called,
    [],
    'folder: missing; expected the path of the folder that its ',
  ],
  [
    'parseExperiment',
    parseExperiment as Called,
    [undefined, '.'],
    'missing; expected an object with the keys name, ',
  ],
  ['readExperiment', readExperiment as Called, [], 'file: missing; expected the path of an experiment file'],
  ['readManifest', readManifest as Called, [], 'file: missing; expected the path of a manifest'],
  [
    'readManifest',
    readManifest as Called,
    [['a.csv']],
    'file: found ["a.csv"]; expected the path of a manifest',
  ],
  [
    'writeManifest',
    writeManifest as Called,
    [undefined, []],
    'file: missing; expected the path of a manifest',
  ],
  [
    'checkManifests',
    checkManifests as Called,
    ['a.csv'],
    'files: found "a.csv"; expected a list of paths of manifests',
  ],
  ['folderManifest', folderManifest as Called, [], 'root: missing; expected the path of the folder that '],
  [
    'folderManifest',
    folderManifest as Called,
    ['no', null],
    'options: found null; expected an object with the keys ',
  ],
  [
    'imglistManifest',
    imglistManifest as Called,
    ['no'],
    'options: missing; expected an object with the keys root, labels, base',
  ],
  [
    'status',
    status as Called,
    ['no', null],
    'options: found null; expected an object with the keys signal, check',
  ],
  ['reduce', reduce as Called, [], 'out: missing; expected the path of a run directory'],
  ['compare', compare as Called, ['a'], 'second: missing; expected the path of a run directory'],
  ['compare', compare as Called, ['a', 'b', 'c'], 'options: found "c"; expected an object with the keys '],
  ['report', report as Called, [], 'out: missing; expected a list of paths of run directories, or one path'],
  [
    'report',
    report as Called,
    [[]],
    'out: found []; expected a list of paths of run directories, or one path',
  ],
  ['report', report as Called, [''], 'out: found ""; expected the path of a run directory'],
  ['report', report as Called, [['a', 1]], 'out[1]: found 1; expected the path of a run directory'],
  [
    'run',
    run as Called,
    [],
    'experiment: found undefined, which lacks everything; expected what parseExperiment ',
  ],
  ['forecast', forecast as Called, [null], 'experiment: found null, which lacks everything; expected what '],
  ['compile', compile as Called, [], 'file: missing; expected the path of an ONNX file'],
  ['listParameters', listParameters as Called, [1], 'file: found 1; expected the path of an ONNX file'],
  ['bench', bench as Called, [''], 'file: found ""; expected the path of an ONNX file'],
  ['score', scored, [], 'file: missing; expected the path of an ONNX file'],
  ['score', scored, ['no.onnx'], 'paths: missing; expected a list of paths of image files'],
  ['score', scored, ['no.onnx', 'a.png'], 'paths: found "a.png"; expected a list of paths of image files'],
  [
    'score',
    scored,
    ['no.onnx', new Set(['a.png'])],
    'paths: found [object Set]; expected a list of paths of ',
  ],
  ['score', scored, ['no.onnx', ['a.png', 1]], 'paths[1]: found 1; expected a text'],
  ['score', scored, ['no.onnx', [], 'cpu'], 'options: found "cpu"; expected an object with the keys '],
  ['detectionMetrics', metrics, [undefined, [1]], 'inDomain: missing; expected a list of numbers'],
  ['detectionMetrics', metrics, [[0], '01'], 'outlier: found "01"; expected a list of numbers'],
  ['compareScores', compared, [{ inDomain: [0] }], 'first.outlier: missing; expected a list of numbers'],
  ['compareScores', compared, [one], 'second.inDomain: missing; expected a list of numbers'],
  [
    'compareScores',
    compared,
    [one, { ...one, outlier: [1, 2] }],
    'second.outlier: found 2 numbers; expected 1, as many as first.outlier has',
  ],
  [
    'compareScores',
    compared,
    [one, one, { photographs: { inDomain: ['a'], outlier: [] } }],
    'photographs.outlier: found 0 texts; expected 1, as many as first.outlier has',
  ],
  ['detectionMetrics', metrics, [[0], [1n]], 'outlier[0]: found 1n; expected a number'],
];

for (const [name, call, given, said] of refused)
  test(`${name} refuses arguments that are none: ${said}`, async (t) => {
    const error = await t.throwsAsync(async () => call(...given), { instanceOf: InputError });
    const of = said.startsWith('missing') ? 'experiment' : name;
    t.true(error.message.startsWith(`${of}: ${said}`), error.message);
    t.false(error.message.includes('\n'));
  });

test('run says which options it needs where it has none', async (t) => {
  const folder = await temporaryFolder(t, { 'net.onnx': '', 'in.csv': '' });
  const set = { name: 'in', manifest: 'in.csv', validation: 1 };
  const models = [{ name: 'net', file: 'net.onnx', preprocess: 'imagenet' }];
  const experiment = await parseExperiment(
    { models, inDomain: set, outliers: [{ ...set, name: 'out' }] },
    folder,
  );
  const error = await t.throwsAsync(async () => (run as Called)(experiment), { instanceOf: InputError });
  t.true(
    error.message.startsWith('run: options: missing; expected an object with the keys out, '),
    error.message,
  );
});

test('writeManifest refuses rows that it could not give back, and leaves what is there', async (t) => {
  const folder = await temporaryFolder(t, { 'a.csv': 'path\nold.png\n' });
  const file = join(folder, 'a.csv');
  for (const [rows, said] of [
    ['a.png', 'rows: found "a.png"; expected a list of rows'],
    [[null], "rows[0].path: missing; expected an image's path"],
    [[{ path: '', label: 0 }], 'rows[0].path: found ""; expected an image\'s path'],
    [
      [{ path: 'a.png' }],
      'rows[0].label: missing; expected a class index, or null where the class is unknown',
    ],
    [[{ path: 'a.png', label: 1.5 }], 'rows[0].label: found 1.5; expected a class index, or null '],
    [[{ path: 'a.png', label: null, id: 1 }], 'rows[0].id: found 1; expected a text'],
    [
      [{ path: 'a\ud800.png', label: null }],
      'rows[0].path: found "a\\ud800.png"; expected a text that UTF-8 can hold',
    ],
    [
      [{ path: 'a.png', label: null, base: '\udc00' }],
      'rows[0].base: found "\\udc00"; expected a text that UTF-8 ',
    ],
  ] as const) {
    const error = await t.throwsAsync(async () => (writeManifest as Called)(file, rows), {
      instanceOf: InputError,
    });
    t.true(error.message.startsWith(`${file}: ${said}`), error.message);
  }
  t.is(await readFile(file, 'utf8'), 'path\nold.png\n');
});
