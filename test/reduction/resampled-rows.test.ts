import test from 'ava';
import { reducePair } from '../../pipeline/reduction/reduce-pair.js';
import { resampleHere } from '../../pipeline/reduction/resampler.js';
import { bcaInterval } from '../../stages/metrics/bca-interval.js';
import { clustersOf } from '../../stages/metrics/clusters.js';
import { photographDrawer, photographKeys } from '../../stages/metrics/draw-photographs.js';
import { drawResample, streamKey } from '../../stages/metrics/draw-resample.js';
import { jackknifeAurocs } from '../../stages/metrics/jackknife.js';
import { metricNames } from '../../stages/metrics/kinds/index.js';
import { placementsOf } from '../../stages/metrics/placements.js';
import { rank } from '../../stages/metrics/ranking.js';
import { drawn, givenSplit, inputsOf } from '../analyses/splits.js';
import { naiveMetrics } from '../metrics/naive-curve.js';
import { quantileOf, repeatedMetrics } from '../metrics/naive-resamples.js';

const resamplings = { deviation: 12, interval: 40 };
const [clean, fog] = [drawn(1, 50), drawn(2, 35, 0.4)];
const isNear = (a: number | null, b: number | undefined) =>
  Math.abs((a ?? Number.NaN) - (b ?? Number.NaN)) < 1e-12;

for (const shares of [false, true])
  test(`every figure of a row is that of resamples which are drawn and repeated one by one: photographs ${shares ? 'in both sets' : 'of their own'}`, async (t) => {
    const photographs = Array.from(clean.keys(), (image) => `photograph ${image}`);
    const inDomain = givenSplit('clean', { msp: clean, bases: photographs });
    const outlier = givenSplit('fog', { msp: fog, ...(shares ? { bases: photographs } : {}) });
    const { selection } = inputsOf({ test: inDomain }, [{ test: outlier }], {}, ['MSP'])[1]!;
    const pair = {
      model: 'net',
      inDomain,
      outlier,
      selection,
      seed: 11,
      resamplings,
      resampler: resampleHere,
    };
    const rows = await reducePair(pair);

    const key = streamKey({ seed: 11, model: 'net', outlier: 'fog' });
    const byRow = repeatedMetrics(
      clean,
      fog,
      40,
      (resample) => drawResample(key, resample, clean.length, fog.length, new Uint16Array(85)).counts,
    );
    const draw = photographDrawer(
      photographKeys({ seed: 11, inDomain: 'clean' }, [inDomain, outlier]),
      clean.length,
    );
    const behind = shares
      ? repeatedMetrics(clean, fog, 40, (resample) => draw(resample).counts.slice())
      : byRow;
    const values = naiveMetrics(clean, fog);
    for (const metric of metricNames) {
      const row = rows.find((one) => one.metric === metric)!;
      const first = byRow.slice(0, 12).map((one) => one[metric]);
      const mean = first.reduce((sum, one) => sum + one, 0) / 12;
      const deviation = Math.sqrt(first.reduce((sum, one) => sum + (one - mean) ** 2, 0) / 11);
      const all = behind.map((one) => one[metric]);
      t.true(isNear(row.value, values[metric]), `${metric}: value`);
      t.true(isNear(row.mean, mean) && isNear(row.deviation, deviation), `${metric}: μ ± σ`);
      t.true(isNear(row.low, quantileOf(all, 0.025)), `${metric}: low`);
      t.true(isNear(row.high, quantileOf(all, 0.975)), `${metric}: high`);
      t.is(row.photographs, shares ? 50 : 85);
    }
    const ranking = rank(Float64Array.from(clean), Float64Array.from(fog), 'MSP');
    const clusters = clustersOf(inDomain, outlier);
    t.is(clusters === null, !shares);
    const left = jackknifeAurocs(ranking, placementsOf(ranking), clusters);
    const bca = bcaInterval(
      values.auroc,
      Float64Array.from(behind, (one) => one.auroc),
      left,
    );
    const auroc = rows.find(({ metric }) => metric === 'auroc')!;
    t.true(isNear(auroc.bcaLow, bca?.low) && isNear(auroc.bcaHigh, bca?.high), 'BCa');
  });
