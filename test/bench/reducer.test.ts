import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
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

test('a part of the large bootstrap is measured in a process of its own, and refused where it is none', (t) => {
  const program = fileURLToPath(new URL('../../scripts/bench/reducer-large.js', import.meta.url));
  const only = (size: string) =>
    spawnSync(process.execPath, [program, '--only', size, '--resamplings', '2'], { encoding: 'utf8' });
  const { status, stdout, stderr } = only('1x1');
  t.is(status, 0, stderr);
  const { seconds, busy, peak } = JSON.parse(stdout);
  t.true(seconds > 0 && busy > 0 && peak > 50e6);
  const refused = only('4');
  t.is(refused.status, 2);
  t.regex(refused.stderr, /^--only 4: give cells of each detector, at most 10, and sets, for example 4x2\n$/);
});
