import test from 'ava';
import { sharedOptions } from '../../scripts/launch/shared-options.js';

test('every process has the launcher’s deadline, precision and wish for stacks', (t) => {
  t.deepEqual(sharedOptions({ deadline: 600 }), ['--deadline', '600s']);
  t.deepEqual(sharedOptions({ deadline: 5400, precision: 'tf32', debug: true }), [
    ...['--deadline', '5400s', '--precision', 'tf32', '--debug'],
  ]);
});
