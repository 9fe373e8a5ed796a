import test from 'ava';
import type { LayerRow } from '../../pipeline/analyses/layer-rows.js';
import { layersPlot } from '../../pipeline/plots/layers.js';

const row = (logitLow: number | null, auroc: number): LayerRow => ({
  ...{ model: 'net', outlier: 'o', place: 1, layer: 'w', epsilon: 0, temperature: 1 },
  ...{ inDomainImages: 9, inDomainLower: 1, inDomainMedian: 2, inDomainUpper: 3 },
  ...{ outlierImages: 9, outlierLower: 1, outlierMedian: 2, outlierUpper: 3 },
  ...{ auroc, standardError: null, logitLow, logitHigh: null },
});

const lowest = (...rows: readonly LayerRow[]): number => {
  const { spec } = layersPlot({ model: 'net', place: 0 }, { name: 'o', place: 0 }, rows);
  return Number(/"domainMin":([\d.]+)/.exec(JSON.stringify(spec))?.[1]);
};

test('the axis of layers begins below every interval, and not below 0', (t) => {
  t.true(lowest(row(0.2, 0.5)) <= 0.2);
  t.is(lowest(row(0.01, 0.3)), 0);
  t.is(lowest(row(null, 0.9)), 0.45);
});
