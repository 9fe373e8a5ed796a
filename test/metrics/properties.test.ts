import test from 'ava';
import fc from 'fast-check';
import { aurocAgainst } from '../../stages/metrics/auroc-against.js';
import { curveMetrics, evaluate } from '../../stages/metrics/curve.js';
import { metricNames } from '../../stages/metrics/kinds/index.js';
import { rank } from '../../stages/metrics/ranking.js';
import { sortScores } from '../../stages/metrics/sorted-scores.js';

// Few distinct values, so that ties within and across the classes are the rule.
const scores = fc.array(fc.integer({ min: -6, max: 6 }), { minLength: 1, maxLength: 25 });
const tolerance = 1e-12;

function evaluateArrays(inDomain: readonly number[], outlier: readonly number[]) {
  return evaluate(rank(Float64Array.from(inDomain), Float64Array.from(outlier), 'test'));
}

test('ROC-AUC is the chance that an outlier scores higher, ties counted half', (t) => {
  fc.assert(
    fc.property(scores, scores, (inDomain, outlier) => {
      let wins = 0;
      for (const x of outlier) for (const y of inDomain) wins += x > y ? 1 : x === y ? 0.5 : 0;
      const expected = wins / (inDomain.length * outlier.length);
      t.true(Math.abs(evaluateArrays(inDomain, outlier).auroc - expected) <= tolerance);
    }),
  );
  t.pass();
});

test('looking outliers up among sorted in-domain scores gives the very ROC-AUC of the curve', (t) => {
  fc.assert(
    fc.property(scores, scores, (inDomain, outlier) => {
      const found = aurocAgainst(sortScores(Float64Array.from(inDomain)), Float64Array.from(outlier));
      t.is(found, evaluateArrays(inDomain, outlier).auroc);
    }),
  );
  t.pass();
});

test('every metric lies in [0, 1] and is unmoved by a strictly rising transform of the scores', (t) => {
  fc.assert(
    fc.property(scores, scores, (inDomain, outlier) => {
      const found = evaluateArrays(inDomain, outlier);
      const rising = (x: number) => Math.exp(x / 2) + x ** 3;
      t.deepEqual(evaluateArrays(inDomain.map(rising), outlier.map(rising)), found);
      for (const metric of metricNames) t.true(found[metric] >= 0 && found[metric] <= 1 + tolerance);
    }),
  );
  t.pass();
});

test('the order of the rows within a class does not matter', (t) => {
  fc.assert(
    fc.property(scores, scores, (inDomain, outlier) => {
      t.deepEqual(
        evaluateArrays(inDomain.toReversed(), outlier.toSorted()),
        evaluateArrays(inDomain, outlier),
      );
    }),
  );
  t.pass();
});

test('exchanging the classes and negating the scores keeps ROC-AUC and exchanges the two AUPRs and the two FPR95', (t) => {
  fc.assert(
    fc.property(scores, scores, (inDomain, outlier) => {
      const there = evaluateArrays(inDomain, outlier);
      const back = evaluateArrays(
        outlier.map((x) => -x),
        inDomain.map((x) => -x),
      );
      t.true(Math.abs(back.auroc - there.auroc) <= tolerance);
      t.true(Math.abs(back['aupr-in'] - there['aupr-out']) <= tolerance);
      t.true(Math.abs(back['aupr-out'] - there['aupr-in']) <= tolerance);
      t.is(back['fpr95-in'], there.fpr95);
      t.is(back.fpr95, there['fpr95-in']);
    }),
  );
  t.pass();
});

test('negating the scores turns ROC-AUC into its complement', (t) => {
  fc.assert(
    fc.property(scores, scores, (inDomain, outlier) => {
      const negated = evaluateArrays(
        inDomain.map((x) => -x),
        outlier.map((x) => -x),
      );
      t.true(Math.abs(negated.auroc + evaluateArrays(inDomain, outlier).auroc - 1) <= tolerance);
    }),
  );
  t.pass();
});

test('counting a row k times is repeating it k times, and 0 times is not having it', (t) => {
  const counted = fc.array(fc.tuple(fc.integer({ min: -6, max: 6 }), fc.integer({ min: 0, max: 3 })), {
    minLength: 1,
    maxLength: 25,
  });
  fc.assert(
    fc.property(counted, counted, (inDomain, outlier) => {
      const repeat = (rows: typeof inDomain) => rows.flatMap(([score, count]) => Array(count).fill(score));
      const [repeatedIn, repeatedOut] = [repeat(inDomain), repeat(outlier)];
      fc.pre(repeatedIn.length > 0 && repeatedOut.length > 0);
      const ranking = rank(
        Float64Array.from(inDomain, ([score]) => score),
        Float64Array.from(outlier, ([score]) => score),
        'test',
      );
      const counts = Uint16Array.from([...inDomain, ...outlier], ([, count]) => count);
      const out = new Float64Array(metricNames.length);
      curveMetrics(ranking, { counts, inDomain: repeatedIn.length, outlier: repeatedOut.length }, out, 0);
      const expected = evaluateArrays(repeatedIn, repeatedOut);
      t.deepEqual(
        [...out],
        metricNames.map((metric) => expected[metric]),
      );
    }),
  );
  t.pass();
});

test('FPR95 is the false-positive rate of a threshold that catches at least 95 % of the outliers', (t) => {
  fc.assert(
    fc.property(scores, scores, (inDomain, outlier) => {
      const { fpr95 } = evaluateArrays(inDomain, outlier);
      const rates = [...inDomain, ...outlier]
        .filter((cut) => outlier.filter((x) => x >= cut).length / outlier.length >= 0.95)
        .map((cut) => inDomain.filter((x) => x >= cut).length / inDomain.length);
      t.true(rates.includes(fpr95));
    }),
  );
  t.pass();
});
