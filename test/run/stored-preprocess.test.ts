import test from 'ava';
import { preprocessNotes } from '../../pipeline/inputs/stored-preprocess.js';
import type { OpenModel, OpenSet } from '../../pipeline/opening/opened.js';
import { presetOf } from '../../workers/images/presets.js';
import { rowsOf } from '../rows-of.js';

function set(name: string, preprocess: string | null): OpenSet {
  const header = { dataset: null, preprocess, sha256: '' };
  return {
    name,
    manifest: `/${name}.csv`,
    validation: 1,
    test: null,
    role: 'outlier',
    rows: { file: `/${name}.csv`, rows: rowsOf([]), sha256: '', header },
    split: { validation: new Int32Array(), test: new Int32Array(), excluded: 0 },
  };
}

const model = (name: string, preset: string): OpenModel =>
  ({ name, file: `${name}.onnx`, preprocess: presetOf(preset) }) as OpenModel;

test('images that are stored as they are fed, and are resized, are told in a line for all their sets', (t) => {
  const sets = [
    set('fog-1', 'imagenet-c'),
    set('fog-2', 'imagenet-c'),
    set('fog-3', 'imagenet-c'),
    set('o', null),
  ];
  t.deepEqual(preprocessNotes({ models: [model('a', 'imagenet'), model('b', 'imagenet-c')], sets }), [
    'set "fog-1" (and 2 more): its manifest says that images are stored for preprocessing "imagenet-c", but model "a" resizes them to 256; scores are of what the experiment says',
  ]);
});

test('a set that has its images preprocessed otherwise, or corrupted first, is told by what is done to them', (t) => {
  const models = [model('m', 'imagenet')];
  const whole = { ...set('fog', 'imagenet-c'), preprocess: { resize: null } };
  t.deepEqual(preprocessNotes({ models, sets: [whole] }), []);
  const photographs = { ...set('val', 'imagenet'), preprocess: { resize: null } };
  t.regex(preprocessNotes({ models, sets: [photographs] })[0] ?? '', /does not resize them/);
  const corrupt = { cell: { corruption: 'fog', severity: 3 } } as unknown as OpenSet['rows']['corrupt'];
  const corrupted = { ...photographs, rows: { ...photographs.rows, corrupt } };
  t.deepEqual(preprocessNotes({ models, sets: [corrupted] }), []);
});

test('what fits the first line, or is a matter of the network alone, is not told', (t) => {
  const notes = (stored: string, used: string) =>
    preprocessNotes({ models: [model('m', used)], sets: [set('s', stored)] });
  t.deepEqual(notes('imagenet', 'imagenet-232'), []);
  t.deepEqual(notes('imagenet', 'torchvision/ViT_B_16_Weights.IMAGENET1K_SWAG_E2E_V1'), []);
  t.deepEqual(notes('cifar10', 'cifar100'), []);
  t.regex(notes('imagenet', 'imagenet-c')[0] ?? '', /does not resize them/);
  t.regex(notes('cifar10', 'imagenet')[0] ?? '', /resizes them to 256/);
  t.regex(
    notes('imagnet', 'imagenet')[0] ?? '',
    /^set "s": .*"imagnet", which is no preset; it is not heeded$/,
  );
});
