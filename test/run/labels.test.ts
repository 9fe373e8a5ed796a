import test from 'ava';
import { checkLabels } from '../../pipeline/inputs/check-inputs.js';
import { rowsOf } from '../rows-of.js';

const row = (id: string, label: number | null) => ({ id, path: `/images/${id}`, label, base: id });

test('labels that a model has no class for are refused with manifest, image and label', (t) => {
  const manifest = {
    file: '/sets/set.csv',
    sha256: '',
    rows: rowsOf([row('a.png', null), row('b.png', 9), row('c.png', 10)]),
  };
  t.throws(() => checkLabels('ResNet-8', 10, manifest), {
    message:
      '/sets/set.csv: image c.png has label 10, but ResNet-8 has 10 classes (0 to 9); fix the labels, or leave them out',
  });
  t.notThrows(() => checkLabels('ResNet-8', 11, manifest));
});
