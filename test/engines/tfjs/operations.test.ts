import test from 'ava';
import { portableLowerings } from '../../../stages/lowerings/lowerings.js';
import { compilePerturbation } from '../../../stages/scoring/compile-passes.js';
import { loadCpuBackend } from '../../../workers/devices/load-tfjs.js';
import { outputNamed, runOnHost } from '../../../workers/engines/engine.js';
import {
  goldenCases,
  goldenRules,
  openCase,
  wrongLogits,
  wrongSigns,
} from '../../../workers/parity/operation-cases.js';
import { openGraph } from './golden-scores.js';

for (const rule of goldenRules())
  test.serial(`${rule} runs on TensorFlow.js, there and back`, async (t) => {
    const [golden] = goldenCases(rule);
    if (!golden) return t.fail();
    const engine = await loadCpuBackend('wasm');
    const { model, images } = openCase(golden);
    const [batch = 1] = images.dims;
    const session = await openGraph(
      t,
      engine,
      compilePerturbation(model, { batch, lowerings: portableLowerings }),
    );
    const temperature = { type: 'float32', dims: [1], data: Float32Array.of(1) } as const;
    const outputs = await runOnHost(engine, session, { image: images, temperature });
    await session.dispose();
    const numbers = (name: string) => Array.from(outputNamed(outputs, name).data, Number);
    t.deepEqual(wrongLogits(numbers('logits'), golden.logits), []);
    return t.deepEqual(wrongSigns(numbers('direction'), golden.directions), []);
  });
