import { readFileSync } from 'node:fs';
import test from 'ava';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { record } from '../../stages/differentiation/tape.js';
import { findHead } from '../../stages/features/find-head.js';
import { headNumbers } from '../../stages/features/head-numbers.js';
import { GraphBuilder } from '../../stages/graph/builder.js';
import { findClassifier } from '../../stages/import/classifier.js';
import { loweringPresets } from '../../stages/lowerings/lowerings.js';
import { encodeModel } from '../../stages/onnx/encode.js';
import type { Model } from '../../stages/onnx/model.js';
import { compileForward } from '../../stages/scoring/compile-passes.js';
import { type GoldenTensor, tensorOf } from '../../workers/parity/operation-cases.js';
import { inStandardOperators } from '../../workers/parity/standard-operators.js';
import { modelOf, type WrittenNode } from '../operations/graph.js';

/** As scripts/golden/heads.py writes it: a graph, and its head by PyTorch in float64. */
interface GoldenHead {
  readonly title: string;
  readonly images: GoldenTensor;
  readonly nodes: readonly WrittenNode[];
  readonly initializers: Readonly<Record<string, GoldenTensor>>;
  /** [N, D] */
  readonly features: readonly (readonly number[])[];
  /** [K, D] */
  readonly weight: readonly (readonly number[])[];
  /** [K] */
  readonly bias: readonly number[];
  readonly logits: readonly (readonly number[])[];
}

const file = new URL('../../../test/golden/heads.json', import.meta.url);

for (const golden of JSON.parse(readFileSync(file, 'utf8')) as readonly GoldenHead[])
  test(`features, W and b of a head that is ${golden.title} are those of PyTorch float64`, async (t) => {
    const images = tensorOf(golden.images);
    const initializers = Object.fromEntries(
      Object.entries(golden.initializers).map(([name, tensor]) => [name, tensorOf(tensor)]),
    );
    const model = modelOf({ nodes: golden.nodes, initializers, image: images.dims.slice(1) });
    const image = new Tensor('float32', images.data as Float32Array, images.dims);
    // The graph itself, to check what the reference says of it.
    near(t, (await run(model, image)).logits, golden.logits.flat(), 'the file');

    const { weight, bias, classes, size } = headNumbers(headOf(model));
    t.deepEqual([classes, size], [golden.weight.length, golden.weight[0]?.length]);
    near(t, weight, golden.weight.flat(), 'W');
    near(t, bias, golden.bias, 'b');
    for (const [preset, lowerings] of Object.entries(loweringPresets)) {
      const limit = lowerings.precision === 'half' ? 4e-3 : 2e-6;
      const compiled = inStandardOperators(compileForward(model, { features: true, lowerings }));
      const { features, logits } = await run(compiled, image);
      near(t, features, golden.features.flat(), `features, ${preset}`, limit);
      near(t, logits, golden.logits.flat(), `logits, ${preset}`, limit);
    }
  });

/** Each number is as expected, to a part of the largest. */
function near(
  t: { true(value: boolean, message: string): unknown },
  actual: ArrayLike<number> | undefined,
  expected: readonly number[],
  what: string,
  part = 2e-6,
): void {
  const limit = part * Math.max(...expected.map(Math.abs));
  t.true(actual?.length === expected.length, `${what}: ${actual?.length} numbers`);
  const wrong = expected.flatMap((value, at) =>
    Math.abs((actual?.[at] ?? Number.NaN) - value) <= limit ? [] : [`${at}: ${actual?.[at]} for ${value}`],
  );
  t.true(wrong.length === 0, `${what} ${wrong.join(', ')}`);
}

async function run(model: Model, image: Tensor): Promise<Record<string, Float32Array>> {
  const session = await InferenceSession.create(encodeModel(model), { intraOpNumThreads: 1 });
  const outputs = await session.run({ image });
  await session.release();
  return Object.fromEntries(Object.entries(outputs).map(([name, { data }]) => [name, data as Float32Array]));
}

function headOf(model: Model) {
  const classifier = findClassifier(model);
  const { channels, height, width } = classifier;
  const b = new GraphBuilder(null);
  return findHead(record(b, model, classifier, b.input('image', ['N', channels, height, width])));
}
