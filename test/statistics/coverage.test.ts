import test from 'ava';
import { intervalCoverage } from '../../scripts/statistics/interval-coverage.js';
import { trueAuroc } from '../../scripts/statistics/made-up-scores.js';
import { meanCoverage } from '../../scripts/statistics/mean-coverage.js';
import { rankTestErrors, testErrors } from '../../scripts/statistics/test-errors.js';

// A slice of docs/statistics.md, by fixed draws. A share of 95 % scatters by 1.1 % over 400 repetitions, one of 5 % likewise:
// the bounds are four times that from what should be.
const effort = { repetitions: 400, resamples: 200 };
const holds = (share: number | null) => share !== null && share > 0.905 && share < 0.994;
const errs = (share: number) => share > 0.006 && share < 0.095;

test('intervals of independent rows hold what is true as often as they say, with ties too', (t) => {
  for (const step of [0, 1]) {
    const population = { name: `independent ${step}`, inDomain: 60, outlier: 60, shift: 1, step };
    const { covered, without } = intervalCoverage(population, effort);
    t.is(without, 0);
    for (const kind of ['logit', 'bca', 'percentile'] as const)
      t.true(holds(covered[kind]), `${kind}: ${covered[kind]}`);
  }
});

test('those of rows that share photographs do, and would be far too wide if nothing knew of it', (t) => {
  const population = { name: 'shared', inDomain: 60, outlier: 60, shift: 1, shared: 0.7 };
  const { covered } = intervalCoverage(population, effort);
  for (const kind of ['logit', 'bca', 'percentile'] as const)
    t.true(holds(covered[kind]), `${kind}: ${covered[kind]}`);
  for (const kind of ['unclustered', 'byRow'] as const)
    t.true((covered[kind] ?? 0) >= 0.997, `${kind}: ${covered[kind]}`);
});

test('paired tests find a difference where there is none as often as they say', (t) => {
  for (const shared of [undefined, 0.7]) {
    const population = { name: `equal ${shared}`, inDomain: 60, outlier: 60, shift: 1 };
    const { paired } = testErrors(shared === undefined ? population : { ...population, shared }, 400);
    t.true(errs(paired), `${shared}: ${paired}`);
  }
});

test('of two in-domain sets that detectors see otherwise, intervals are wide enough and tests careful', (t) => {
  const population = { name: 'pooled', inDomain: 120, outlier: 60, shift: 1.5, secondSet: 1 };
  const { covered, auroc } = intervalCoverage(population, effort);
  t.true(Math.abs(auroc - 0.7469) < 1e-4);
  for (const kind of ['logit', 'bca', 'percentile'] as const)
    t.true((covered[kind] ?? 0) > 0.93, `${kind}: ${covered[kind]}`);
  const { paired } = testErrors(population, 400);
  t.true(paired < 0.05, `${paired}`);
});

test('so do those of ranks, the corrected one of Friedman closer than his own', (t) => {
  const { friedman, imanDavenport, nemenyi } = rankTestErrors(6, 5, 1000);
  t.true(imanDavenport > 0.025 && imanDavenport < 0.08, `${imanDavenport}`);
  t.true(friedman <= imanDavenport, `${friedman}`);
  t.true(nemenyi < 0.08, `${nemenyi}`);
});

test('intervals of means over sets hold the mean where sets are resampled together, not where each is on its own', (t) => {
  const of = { name: 'means', sets: 4, inDomain: 60, outlier: 120, isShared: false };
  const { together, apart } = meanCoverage(of, { repetitions: 200, resamples: 100 });
  t.true(together > 0.87 && together < 0.99, `${together}`);
  t.true(apart < together - 0.08, `${apart}`);
});

test('the true ROC-AUC of rounded scores is that of all pairs of their values', (t) => {
  t.true(Math.abs(trueAuroc({ name: '', inDomain: 1, outlier: 1, shift: 1 }) - 0.76025) < 1e-5);
  // Rounded so coarsely that all are 0, and so finely that nothing is lost.
  t.true(Math.abs(trueAuroc({ name: '', inDomain: 1, outlier: 1, shift: 0.5, step: 100 }) - 0.5) < 1e-12);
  t.true(Math.abs(trueAuroc({ name: '', inDomain: 1, outlier: 1, shift: 1, step: 0.001 }) - 0.76025) < 1e-5);
});
