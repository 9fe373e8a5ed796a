import test from 'ava';
import { goldenImages } from '../../workers/parity/golden-images.js';
import { disagreementsAt, openScorer, readNetworkGolden, score } from './golden-network.js';

for (const gap of [40, 110, 150]) {
  test(`images whose top logit is ${gap} above the rest score as in PyTorch float64 and have no ties`, async (t) => {
    const golden = readNetworkGolden(`confident-${gap}`);
    const images = goldenImages(golden);
    const session = await openScorer(golden.network, { batch: golden.seeds.length });
    for (const cell of golden.cells) {
      const scored = await score(session, images, golden.shape, cell);
      t.deepEqual(disagreementsAt(cell, scored), []);
      for (const key of ['logOdds', 'logSG', 'logG'] as const) {
        t.is(new Set(scored[key]).size, golden.seeds.length, `${key} of distinct images`);
      }
    }
  });
}

test('log S keeps its digits where float32 can hold them at all, at a gap of 40', async (t) => {
  const golden = readNetworkGolden('confident-40');
  const session = await openScorer(golden.network, { batch: golden.seeds.length });
  const cell = golden.cells[0]!;
  const { logS } = await score(session, goldenImages(golden), golden.shape, cell);
  logS.forEach((value, i) => {
    t.true(Math.abs(value / cell.logS[i]! - 1) < 5e-4, `${value} instead of ${cell.logS[i]}`);
  });
});
