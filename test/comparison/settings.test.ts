import test from 'ava';
import { differingSettings, type RunSettings } from '../../pipeline/comparison/settings.js';

function run(experiment: object, origins: readonly string[] | null = ['onnxruntime']): RunSettings {
  const about = { models: {}, manifests: {}, engine: 'onnxruntime', software: {} };
  const sets = { models: [], inDomain: { name: 'clean' }, outliers: [] };
  return {
    revision: { ...about, experiment: { ...sets, ...experiment } },
    origins,
  } as unknown as RunSettings;
}

const epsilon = Array.from({ length: 21 }, (_, step) => step * 0.0002);

test('of a long list that differs is told what it alone has, without digits that are rounding', (t) => {
  const found = differingSettings(run({ grid: { epsilon } }), run({ grid: { epsilon: [0, 0.0002] } }));
  t.deepEqual(found, [
    {
      setting: 'grid.epsilon',
      first: '21 values, here alone 0.0004, 0.0006, 0.0008 and 16 more',
      second: '0, 0.0002',
    },
  ]);
  t.deepEqual(differingSettings(run({ grid: [0.1 + 0.2] }), run({ grid: [0.3] })), [
    { setting: 'grid', first: '0.30000000000000004', second: '0.3' },
  ]);
});

test('ensembles and groups are told by name, as models and sets are', (t) => {
  const first = run({
    ensembles: [{ name: 'both', models: ['a', 'b'] }],
    groups: [{ name: 'near', sets: ['x'] }],
  });
  const second = run({ groups: [{ name: 'near', sets: ['x', 'y'] }] });
  t.deepEqual(differingSettings(first, second), [
    { setting: 'ensembles."both"', first: 'present', second: null },
    { setting: 'groups."near".sets', first: 'x', second: 'x, y' },
  ]);
});

test('what scored the images is compared where it is known of both', (t) => {
  t.deepEqual(
    differingSettings(run({}), run({}, ['tfjs'])).map(({ setting }) => setting),
    ['scoredBy'],
  );
  t.deepEqual(differingSettings(run({}), run({}, null)), []);
});
