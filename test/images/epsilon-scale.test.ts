import test from 'ava';
import { epsilonScale } from '../../workers/images/epsilon-scale.js';
import type { Preprocess } from '../../workers/images/preprocess.js';

const preprocess: Preprocess = {
  resize: null,
  interpolation: 'bilinear',
  crop: null,
  mean: [0.1, 0.2, 0.3],
  std: [0.5, 0.25, 0.2],
};

test('a step in pixels is divided by the standard deviation of its channel', (t) => {
  t.deepEqual(epsilonScale(preprocess, 'pixel'), [2, 4, 5]);
});

test('a step in normalised space is taken as it is', (t) => {
  t.deepEqual(epsilonScale(preprocess, 'normalized'), [1, 1, 1]);
});
