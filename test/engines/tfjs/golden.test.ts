import { readdirSync } from 'node:fs';
import test from 'ava';
import { loadCpuBackend } from '../../../workers/devices/load-tfjs.js';
import { type GoldenPart, goldenDisagreements } from './golden-scores.js';

const networks = readdirSync(new URL('../../../../test/golden/', import.meta.url))
  .filter((file) => file.endsWith('.onnx'))
  .map((file) => file.slice(0, -'.onnx'.length));

/**
 * What of each network is scored on a backend. The graph and how it is interpreted are the same on both, and kernels in plain
 * JavaScript take ten times as long: there two images at the ends of the grid have to do.
 */
const parts: Readonly<Record<'cpu' | 'wasm', GoldenPart>> = {
  cpu: { images: 2, cells: ({ temperature }) => temperature !== 10 },
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
