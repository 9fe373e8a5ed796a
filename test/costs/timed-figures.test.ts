import test from 'ava';
import { figuresOf } from '../../pipeline/costs/timed-figures.js';

const times = [
  { kind: 'plain', seconds: [0.4, 0.2, 0.3] },
  { kind: 'perturbation', seconds: [0.8, 0.6] },
  { kind: 'scoring', seconds: [1, 1.5] },
] as const;

test('a score costs its two passes, an image a share of the fastest batch', (t) => {
  t.deepEqual(figuresOf([...times, { kind: 'training', seconds: [0.9, 0.8] }], 4), {
    ...{ inference: 0.05, perturbation: 0.15, scoring: 0.25, training: 0.2 },
    ...{ inferences: 8, trainingSteps: 2 },
  });
});

test('where there is no training step nothing is in units of it', (t) => {
  const { training, trainingSteps, inferences } = figuresOf(times, 4);
  t.deepEqual([training, trainingSteps, inferences], [null, null, 8]);
});
