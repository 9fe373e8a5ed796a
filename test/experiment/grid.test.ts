import test from 'ava';
import { experimentDefaults } from '../../pipeline/experiment/defaults.js';
import { evenlySpaced } from '../../pipeline/experiment/grid.js';

test('evenly spaced values have both ends and print cleanly', (t) => {
  t.deepEqual(evenlySpaced(0, 0.004, 6), [0, 0.0008, 0.0016, 0.0024, 0.0032, 0.004]);
  t.deepEqual(evenlySpaced(0.1, 0.4, 4), [0.1, 0.2, 0.3, 0.4]);
  t.deepEqual(evenlySpaced(0.5, 0.9, 1), [0.5]);
});

test('the default grid is the one of section 3.1: 21 perturbations by 10 temperatures', (t) => {
  t.is(
    experimentDefaults.epsilon.join(' '),
    '0 0.0002 0.0004 0.0006 0.0008 0.001 0.0012 0.0014 0.0016 0.0018 0.002 0.0022 0.0024 0.0026 0.0028 0.003 ' +
      '0.0032 0.0034 0.0036 0.0038 0.004',
  );
  t.is(experimentDefaults.temperature.join(' '), '1 2 5 10 20 50 100 200 500 1000');
});
