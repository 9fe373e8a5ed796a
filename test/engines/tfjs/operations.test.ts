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

/** Beside the first case of each operation: what TensorFlow.js itself computes otherwise. */
const others = [
  ['mat-mul', 'two activations, one of which broadcasts'],
  ['einsum', 'a layer of several heads, as Keras and Flax have it'],
  ['reduce-max', "all axes but the batch's"],
] as const;

const cases = [...goldenRules().map((rule) => [rule, goldenCases(rule)[0]?.title ?? ''] as const), ...others];

for (const [rule, title] of cases)
  test.serial(`${rule} with ${title} runs on TensorFlow.js, there and back`, async (t) => {
    const golden = goldenCases(rule).find((one) => one.title === title);
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
