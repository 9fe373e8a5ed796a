import test from 'ava';
import { usualCorruptions } from '../../manifests/corruptions.js';
import { cellText, corruptionCell, corruptionCells } from '../../manifests/imagenet/corruptions.js';
import { InputError } from '../../stages/errors.js';

const fault = (text: string): InputError => new InputError(`--corrupt: ${text}`);
const cells = (text: string): readonly string[] => corruptionCells(text, fault).map(cellText);

test('cells are named one by one, by corruption or all at once', (t) => {
  t.deepEqual(cells('fog:3'), ['fog:3']);
  t.deepEqual(cells('glass_blur'), [
    'glass_blur:1',
    'glass_blur:2',
    'glass_blur:3',
    'glass_blur:4',
    'glass_blur:5',
  ]);
  t.deepEqual(cells('snow:5, fog:1'), ['snow:5', 'fog:1']);
  t.is(cells('all').length, 95);
  t.is(usualCorruptions.length, 19);
});

test('what names no cell, or names one twice, is refused in one line', (t) => {
  const refused = (text: string, message: string): void => {
    t.throws(() => cells(text), { instanceOf: InputError, message: `--corrupt: ${message}` });
  };
  refused('glass_blurr:5', 'unknown corruption "glass_blurr"; did you mean "glass_blur"?');
  refused('Fog:1', 'unknown corruption "Fog"; did you mean "fog"?');
  refused('', `unknown corruption ""; the corruptions are ${usualCorruptions.join(', ')}`);
  refused('fog:3,', `unknown corruption ""; the corruptions are ${usualCorruptions.join(', ')}`);
  for (const severity of ['0', '6', '03', '2.5', ' 1', ''])
    refused(
      `fog:${severity}`,
      `found severity "${severity}" of fog; expected an integer from 1 to 5, for example fog:5`,
    );
  refused('fog,fog:2', 'found "fog:2" twice; drop one');
});

test('where one cell is asked for, several are refused', (t) => {
  t.deepEqual(corruptionCell('spatter:2', fault), { corruption: 'spatter', severity: 2 });
  for (const text of ['fog', 'all', 'fog:1,fog:2'])
    t.throws(() => corruptionCell(text, fault), {
      message: `--corrupt: found "${text}", which is several; name one at one severity, for example glass_blur:5`,
    });
});
