import test from 'ava';
import { logSGFromNorm, summarizeLogits } from '../../stages/scoring/log-odds.js';

test('two classes at T = 1 have the log-odds that their logits differ by', (t) => {
  t.deepEqual(summarizeLogits([1, 4], 0, 2, 1), { predicted: 1, maxLogit: 4, logOdds: 3 });
});

test('the temperature divides the differences and leaves the largest logit alone', (t) => {
  const summary = summarizeLogits([9, 9, 9, 6, 1], 2, 3, 10);
  t.is(summary.predicted, 0);
  t.is(summary.maxLogit, 9);
  // −log(e^−0.3 + e^−0.8)
  t.true(Math.abs(summary.logOdds + Math.log(Math.exp(-0.3) + Math.exp(-0.8))) < 1e-15);
});

test('of equal largest logits the first is the predicted class', (t) => {
  t.is(summarizeLogits([2, 5, 5], 0, 3, 1).predicted, 1);
});

test('a gap of 1500 between logits neither overflows nor loses the runners-up', (t) => {
  const summary = summarizeLogits([1500, 0, 0, 0], 0, 4, 1);
  t.true(Math.abs(summary.logOdds - (1500 - Math.log(3))) < 1e-12);
});

test('a logit that is not a number makes the whole summary not a number', (t) => {
  t.true(Number.isNaN(summarizeLogits([1, Number.NaN, 3], 0, 3, 1).logOdds));
});

test('log SG of a unit norm at even odds and T = 2 is 2 log(1/2 · 1/2)', (t) => {
  t.true(Math.abs(logSGFromNorm(0, 2, 0) - 2 * Math.log(0.25)) < 1e-15);
});
