import test from 'ava';
import { benchReducer, reducerBenchText, requiredJob } from '../../scripts/bench/reducer.js';

const job = {
  ...requiredJob,
  workers: 1,
  rows: 200,
  outlierSets: 2,
  resamplings: 10,
  validationRows: 20,
  searchedOutlierSets: 2,
  singleResamples: 10,
  peerResamples: 0,
};

test('the reducer’s benchmark says what it computed, and that its peer was left out', async (t) => {
  const bench = await benchReducer(job);
  t.is(bench.peer, null);
  t.is(bench.workers, 1);
  const text = reducerBenchText(bench, job);
  t.regex(text, /200 rows, 5 detectors, 2 outlier sets, 10 resamplings/);
  t.regex(text, /20 rows a set, 210 cells, 2 outlier sets/);
  t.regex(text, /peer {7}left out/);
});
