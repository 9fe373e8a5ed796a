import test from 'ava';
import type { CellScores } from '../../workers/parity/deviation.js';
import { goldenImages } from '../../workers/parity/golden-images.js';
import { openScorer, readNetworkGolden, score } from './golden-network.js';

for (const network of ['residual', 'bottleneck', 'grouped', 'mixed', 'perceptron', 'confident-110']) {
  test(`an image of the ${network} network scores alike whatever its batch neighbours are`, async (t) => {
    const golden = readNetworkGolden(network);
    const images = goldenImages(golden);
    const size = images.length / golden.seeds.length;
    const session = await openScorer(network, { batch: golden.seeds.length });
    const cell = golden.cells.at(-1)!;
    const together = await score(session, images, golden.shape, cell);
    for (const [i] of golden.seeds.entries()) {
      const own = images.subarray(i * size, (i + 1) * size);
      const alone = new Float32Array(images.length);
      alone.set(own, i * size);
      const amongExtremes = images.map((pixel) => pixel * 1000);
      amongExtremes.set(own, i * size);
      const moved = new Float32Array(images.length);
      moved.set(own, ((i + 1) % golden.seeds.length) * size);
      const j = (i + 1) % golden.seeds.length;
      t.true(
        alike(together, i, await score(session, alone, golden.shape, cell), i),
        `image ${i} among zeros`,
      );
      t.true(
        alike(together, i, await score(session, amongExtremes, golden.shape, cell), i),
        `image ${i} among extremes`,
      );
      t.true(
        alike(together, i, await score(session, moved, golden.shape, cell), j),
        `image ${i} in place ${j}`,
      );
    }
  });
}

/** Equal up to the rounding of float32 sums whose order may depend on the place in the batch. */
function alike(a: CellScores, i: number, b: CellScores, j: number): boolean {
  const near = (x: number, y: number): boolean => Math.abs(x - y) <= 1e-6 * Math.max(1, Math.abs(x));
  return (
    a.predicted[i] === b.predicted[j] &&
    near(a.logOdds[i]!, b.logOdds[j]!) &&
    near(a.logSG[i]!, b.logSG[j]!) &&
    near(a.logG[i]!, b.logG[j]!)
  );
}
