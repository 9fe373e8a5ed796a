import { readFile } from 'node:fs/promises';
import test from 'ava';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { compileDetector } from '../../stages/deployment/compile-detector.js';
import { detectors } from '../../stages/detectors/index.js';
import { encodeModel } from '../../stages/onnx/encode.js';
import { modelOf } from '../../workers/parity/written-graph.js';

const golden: readonly { readonly logits: readonly number[] }[] = JSON.parse(
  await readFile(new URL('../../../test/detectors/logits.json', import.meta.url), 'utf8'),
);
/** Logits up to 600 apart: entropies down to 1e-254. */
const rows = golden.flatMap(({ logits }) => [1, 2, 4].map((by) => logits.map((logit) => logit * by)));

/** What a detector's file says of an image whose pixels are its logits. */
async function verdictOf(detector: (typeof detectors)[number], logits: readonly number[], threshold: number) {
  const model = modelOf({
    image: [1, 1, logits.length],
    nodes: [{ type: 'Flatten', inputs: ['image'], outputs: ['logits'] }],
    initializers: {},
  });
  const compiled = compileDetector(model, { detector, temperature: 1, steps: [0], threshold });
  const session = await InferenceSession.create(encodeModel(compiled), { intraOpNumThreads: 1 });
  const image = new Tensor('float32', Float32Array.from(logits), [1, 1, 1, logits.length]);
  const given = await session.run({ image });
  await session.release();
  return given.is_out_of_domain!.data[0] === 1;
}

for (const detector of detectors.filter(({ ofLogits }) => ofLogits))
  test(`${detector.name} as a file rejects what lies above δ alone, for logits 600 apart too`, async (t) => {
    for (const [index, logits] of rows.entries()) {
      const value = detector.ofLogits!(logits.map(Math.fround), 1);
      // Near 0 a value may be all that is left of what cancels.
      const apart = 1e-3 * (detector.compared ? Math.abs(value) : Math.max(1, Math.abs(value)));
      const what = `case ${index}: ${value}`;
      t.true(await verdictOf(detector, logits, value - apart), what);
      t.false(await verdictOf(detector, logits, value + apart), what);
    }
  });

test('where double precision has 0 for δ, what it has 0 for is kept, and what it has not is rejected', async (t) => {
  const entropy = detectors.find(({ name }) => name === 'Entropy')!;
  const [kept, rejected] = [760, 720].map((apart) => [apart, 0, 0]);
  t.is(entropy.ofLogits!(kept!, 1), 0);
  t.true(entropy.ofLogits!(rejected!, 1) > 0);
  t.false(await verdictOf(entropy, kept!, 0));
  t.true(await verdictOf(entropy, rejected!, 0));
});
