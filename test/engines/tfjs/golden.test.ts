import { readdirSync } from 'node:fs';
import test from 'ava';
import { loadCpuBackend } from '../../../workers/devices/load-tfjs.js';
import { goldenDisagreements } from './golden-scores.js';

const networks = readdirSync(new URL('../../../../test/golden/', import.meta.url))
  .filter((file) => file.endsWith('.onnx'))
  .map((file) => file.slice(0, -'.onnx'.length));

// The reference and the tolerances are those of ONNX Runtime's tests.
for (const backend of ['cpu', 'wasm'] as const) {
  for (const network of networks) {
    test.serial(`the ${network} network scores on backend ${backend} as in PyTorch float64`, async (t) => {
      t.deepEqual(await goldenDisagreements(t, await loadCpuBackend(backend), network), []);
    });
  }
}
