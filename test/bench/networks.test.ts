import test from 'ava';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { encodeModel } from '../../stages/onnx/encode.js';
import { elementCount, type Model } from '../../stages/onnx/model.js';
import { compileOneShot, decideModelParameters } from '../../stages/scoring/compile-passes.js';
import { describeModel } from '../../stages/scoring/describe-model.js';
import { multiplicationFloor } from '../../stages/scoring/multiplication-floor.js';
import { convNeXt } from '../../workers/bench/networks/conv-next.js';
import { efficientNet } from '../../workers/bench/networks/efficient-net.js';
import {
  networks,
  resNet,
  seededWeights,
  type Weights,
  wideResNet,
} from '../../workers/bench/networks/index.js';
import { swinTransformer } from '../../workers/bench/networks/swin-transformer.js';
import { visionTransformer } from '../../workers/bench/networks/vision-transformer.js';

/** Full-size networks whose weights nobody reads. */
const zeros: Weights = {
  normal: (count) => new Float32Array(count),
  aroundOne: (count) => new Float32Array(count).fill(1),
};

const made = new Map(Object.entries(networks).map(([name, make]) => [name, make(zeros)]));

test('the made networks have the multiplications of the published ones', (t) => {
  const expected = {
    ...{ resnet18: 1.814, resnet50: 4.089, 'wrn28-10': 5.243, 'efficientnet-b0': 0.386 },
    ...{ 'convnext-t': 4.456, 'vit-b-16': 17.564, 'swin-t': 4.491 },
  };
  for (const [name, giga] of Object.entries(expected))
    t.is(Math.round(describeModel(made.get(name)!).multiplications / 1e6) / 1e3, giga, name);
});

test('they have the parameters of the published ones', (t) => {
  const expected = { 'convnext-t': 28_589_128, 'vit-b-16': 86_567_656, 'swin-t': 28_288_354 };
  for (const [name, count] of Object.entries(expected)) {
    const { parameters } = decideModelParameters(made.get(name)!);
    t.is(
      parameters.reduce((total, { dims }) => total + elementCount(dims), 0),
      count,
      name,
    );
  }
});

test('a score of the made networks costs between 4.32 and 4.74 forward passes at least', (t) => {
  const expected = {
    ...{ resnet18: [0.64, 4.57], resnet50: [0.7, 4.67], 'wrn28-10': [0.43, 4.43] },
    ...{ 'efficientnet-b0': [0.77, 4.74], 'convnext-t': [0.67, 4.67] },
    ...{ 'vit-b-16': [0.33, 4.32], 'swin-t': [0.66, 4.66] },
  };
  for (const [name, floors] of Object.entries(expected)) {
    const { norms, whole, perturbation, scoring } = multiplicationFloor(made.get(name)!);
    t.deepEqual(
      [norms, whole].map((value) => Math.round(100 * value) / 100),
      floors,
      name,
    );
    t.is(perturbation, 2);
    t.true(Math.abs(perturbation + scoring - whole) < 1e-12);
  }
});

test('gradients of tied weights add up before their norm is taken, so each costs its product', (t) => {
  // All of these weights are equal, so that all of one shape are tied.
  const model = made.get('resnet18')!;
  t.true(multiplicationFloor(model, { tie: ['*'] }).norms > 1.2 * multiplicationFloor(model).norms);
});

async function scoresOf(model: Model, side: number): Promise<number[]> {
  const session = await InferenceSession.create(encodeModel(compileOneShot(model, { batch: 2 })));
  const pixels = Float32Array.from({ length: 2 * 3 * side * side }, (_, index) => Math.sin(index * 0.37));
  const outputs = await session.run({
    image: new Tensor('float32', pixels, [2, 3, side, side]),
    temperature: new Tensor('float32', [1], [1]),
    epsilon: new Tensor('float32', [0.01, 0.01, 0.01], [3]),
  });
  await session.release();
  return ['logits', 'log_g'].flatMap((name) => [...(outputs[name]!.data as Float32Array)]);
}

test('small variants can be scored, with logits and norms of order 1, and a seed gives the same network', async (t) => {
  const small = (seed: number) => [
    resNet(seededWeights(seed), { bottleneck: false, depths: [1, 1], width: 8, classes: 5, side: 32 }),
    resNet(seededWeights(seed), { bottleneck: true, depths: [1, 1], width: 8, classes: 5, side: 32 }),
    wideResNet(seededWeights(seed), { depth: 10, widen: 1, classes: 5, side: 16 }),
    efficientNet(seededWeights(seed), {
      stages: [
        [1, 3, 1, 8, 2],
        [2, 5, 2, 16, 2],
      ],
      ...{ stem: 8, features: 24, classes: 5, side: 32 },
    }),
    convNeXt(seededWeights(seed), { depths: [1, 1], widths: [8, 16], classes: 5, side: 32 }),
    visionTransformer(seededWeights(seed), { patch: 8, depth: 2, heads: 2, width: 16, classes: 5, side: 32 }),
    swinTransformer(seededWeights(seed), {
      ...{ depths: [2, 2], heads: [2, 4], width: 8, window: 2, classes: 5, side: 32 },
    }),
  ];
  for (const [index, model] of small(1).entries()) {
    const scores = await scoresOf(model, index === 2 ? 16 : 32);
    t.true(
      scores.every((score) => Math.abs(score) > 1e-6 && Math.abs(score) < 20),
      String(scores),
    );
    t.deepEqual(encodeModel(small(1)[index]!), encodeModel(model));
    t.notDeepEqual(encodeModel(small(2)[index]!), encodeModel(model));
  }
});
