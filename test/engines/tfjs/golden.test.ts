import { readdirSync } from 'node:fs';
import test from 'ava';
import { loadCpuBackend } from '../../../workers/devices/load-tfjs.js';
import type { GoldenCell } from '../../../workers/parity/golden.js';
import { type GoldenPart, goldenDisagreements } from './golden-scores.js';

const networks = readdirSync(new URL('../../../../test/golden/', import.meta.url))
  .filter((file) => file.endsWith('.onnx'))
  .map((file) => file.slice(0, -'.onnx'.length));

/** Each of the ends of both axes of the grid once. */
const isAtOppositeEnds = ({ temperature, epsilon }: GoldenCell): boolean =>
  epsilon.some((step) => step > 0) ? temperature === 1 : temperature === 1000;

/**
 * What of each network is scored on a backend. The graph and how it is interpreted are the same on both, and kernels in plain
 * JavaScript take ten times as long: there two images have to do, perturbed at the lowest temperature and as they are at the
 * highest.
 */
const parts: Readonly<Record<'cpu' | 'wasm', GoldenPart>> = {
  cpu: { images: 2, cells: isAtOppositeEnds },
  wasm: {},
};

// The reference and the tolerances are those of ONNX Runtime's tests.
for (const backend of ['cpu', 'wasm'] as const) {
  for (const network of networks) {
    test.serial(`the ${network} network scores on backend ${backend} as in PyTorch float64`, async (t) => {
      t.deepEqual(await goldenDisagreements(t, await loadCpuBackend(backend), network, parts[backend]), []);
    });
  }
}
