import { readdirSync, readFileSync } from 'node:fs';
import test from 'ava';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { record } from '../../stages/differentiation/tape.js';
import { findHead } from '../../stages/features/find-head.js';
import { headNumbers } from '../../stages/features/head-numbers.js';
import { GraphBuilder } from '../../stages/graph/builder.js';
import { findClassifier } from '../../stages/import/classifier.js';
import { encodeModel } from '../../stages/onnx/encode.js';
import { compileForward, compileOneShot } from '../../stages/scoring/compile-passes.js';
import { goldenFolder } from '../../workers/parity/golden.js';
import { goldenImages } from '../../workers/parity/golden-images.js';
import { inStandardOperators } from '../../workers/parity/standard-operators.js';
import { readNetwork, readNetworkGolden } from '../scoring/golden-network.js';

/** What scripts/golden/features.py says that the last layer of some networks reads, [N, D] each. */
const references = JSON.parse(readFileSync(new URL('features.json', goldenFolder), 'utf8')) as Readonly<
  Record<string, readonly (readonly number[])[]>
>;

const networks = readdirSync(goldenFolder).flatMap((name) =>
  name.endsWith('.onnx') ? [name.slice(0, -'.onnx'.length)] : [],
);

test('every reference is of a network', (t) => {
  t.true(networks.length > 25);
  t.deepEqual(
    Object.keys(references).filter((name) => !networks.includes(name)),
    [],
  );
});

for (const network of networks)
  test(`logits of the ${network} network are its features times W, plus b`, async (t) => {
    const golden = readNetworkGolden(network);
    const model = readNetwork(network);
    const image = new Tensor('float32', goldenImages(golden), [golden.seeds.length, ...golden.shape]);
    const forward = encodeModel(inStandardOperators(compileForward(model, { features: true })));
    const session = await InferenceSession.create(forward, { intraOpNumThreads: 1 });
    const { features, logits } = await session.run({ image });
    const read = features!.data as Float32Array;

    const classifier = findClassifier(model);
    const b = new GraphBuilder(null);
    const head = findHead(record(b, model, classifier, b.input('image', ['N', ...golden.shape])));
    const { weight, bias, classes, size } = headNumbers(head);
    t.deepEqual(features!.dims, [golden.seeds.length, size]);
    const product = Array.from(logits!.data as Float32Array, (_, at) => {
      const [n, k] = [Math.floor(at / classes), at % classes];
      return weight
        .subarray(k * size, (k + 1) * size)
        .reduce((sum, w, d) => sum + w * read[n * size + d]!, bias[k]!);
    });
    // What a float32 sum may lose, of its largest term and of logits that one class lifts by 150.
    t.deepEqual(farFrom(Array.from(logits!.data as Float32Array), product, 2e-6), []);
    t.deepEqual(farFrom(Array.from(read), references[network]?.flat() ?? Array.from(read), 1e-5), []);
  });

test('a one-shot scorer gives the features of the perturbed image, as it gives its logits', async (t) => {
  const golden = readNetworkGolden('residual');
  const model = readNetwork('residual');
  const scorer = encodeModel(inStandardOperators(compileOneShot(model, { features: true })));
  const session = await InferenceSession.create(scorer, { intraOpNumThreads: 1 });
  const [channels] = golden.shape;
  const shares = await Promise.all(
    [0, 0.5].map(async (step) => {
      const { features, logits } = await session.run({
        image: new Tensor('float32', goldenImages(golden), [golden.seeds.length, ...golden.shape]),
        temperature: new Tensor('float32', [1], [1]),
        epsilon: new Tensor('float32', new Float32Array(channels).fill(step), [channels]),
      });
      return { features: Array.from(features!.data as Float32Array), logits: logits!.dims };
    }),
  );
  const expected = references.residual!.flat();
  t.deepEqual(farFrom(shares[0]!.features, expected, 1e-5), []);
  t.true(farFrom(shares[1]!.features, expected, 1e-2).length > 10);
});

/** One line for each number that is further from another than a part of the largest. */
function farFrom(actual: readonly number[], expected: readonly number[], part: number): string[] {
  const limit = part * Math.max(...expected.map(Math.abs));
  const lines = expected.flatMap((value, at) =>
    Math.abs(actual[at]! - value) <= limit ? [] : [`${at}: ${actual[at]} instead of ${value}`],
  );
  return actual.length === expected.length ? lines : [`${actual.length} numbers`];
}
