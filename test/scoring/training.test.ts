import test from 'ava';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { encodeModel } from '../../stages/onnx/encode.js';
import type { Model, Tensor as ModelTensor } from '../../stages/onnx/model.js';
import { decideModelParameters } from '../../stages/scoring/compile-passes.js';
import { compileTraining, gradientName } from '../../stages/scoring/compile-training.js';
import { goldenNetworks } from '../../workers/parity/golden.js';
import { goldenImages } from '../../workers/parity/golden-images.js';
import { inStandardOperators } from '../../workers/parity/standard-operators.js';
import { disagreements, readNetwork, readNetworkGolden } from './golden-network.js';

// Where S is 1 to single precision, so is the gradient 0: only scores are computed beyond that.
const networks = goldenNetworks.filter((network) => !network.startsWith('confident'));

for (const network of networks)
  test(`the gradients of the ${network} network's training step have PyTorch's norms, and those of a batch are their mean`, async (t) => {
    const golden = readNetworkGolden(network);
    const model = readNetwork(network);
    const images = goldenImages(golden);
    const count = golden.seeds.length;
    const size = images.length / count;
    const names = decideModelParameters(model).parameters.map(({ name }) => name);
    const gradients = (outputs: Record<string, Float32Array>) =>
      names.map((name) => outputs[gradientName(name)]!);

    const alone: Record<string, Float32Array>[] = [];
    const one = await open(model, 1);
    for (let image = 0; image < count; image++)
      alone.push(await one(images.slice(image * size, (image + 1) * size), golden.shape));
    for (const [at, name] of names.entries()) {
      const norms = alone.map((outputs) => Math.log(sumOfSquares(gradients(outputs)[at]!)));
      t.deepEqual(disagreements(name, norms, golden.parameters[name]!.logSG), []);
    }

    const batch = await (await open(model, count))(images, golden.shape);
    for (const [at, gradient] of gradients(batch).entries()) {
      const mean = Float64Array.from(gradient, (_, i) =>
        alone.reduce((sum, outputs) => sum + gradients(outputs)[at]![i]! / count, 0),
      );
      const scale = Math.sqrt(alone.reduce((sum, one) => sum + sumOfSquares(gradients(one)[at]!), 0));
      const distance = Math.sqrt(sumOfSquares(mean.map((value, i) => value - gradient[i]!)));
      t.true(distance <= 1e-4 * scale, `${names[at]}: ${distance} of ${scale}`);
    }
    const squared = gradients(batch).reduce((sum, gradient) => sum + sumOfSquares(gradient), 0);
    t.true(Math.abs(batch.squared_norm![0]! / squared - 1) < 1e-4);
    const loss = -golden.cells[0]!.logS.reduce((sum, value) => sum + value, 0) / count;
    t.deepEqual([golden.cells[0]!.temperature, Math.max(...golden.cells[0]!.epsilon)], [1, 0]);
    t.true(Math.abs(batch.loss![0]! / loss - 1) < 1e-3, `${batch.loss![0]} ${loss}`);
  });

for (const network of ['bottleneck', 'attention', 'modern'])
  test(`a step of the ${network} network against its gradient lowers the loss by its squared norm, to first order`, async (t) => {
    const golden = readNetworkGolden(network);
    const model = readNetwork(network);
    const images = goldenImages(golden);
    const count = golden.seeds.length;
    const here = await (await open(model, count))(images, golden.shape);
    const squared = here.squared_norm![0]!;
    const lossAt = async (along: number): Promise<number> => {
      const initializers = new Map<string, ModelTensor>(model.graph.initializers);
      for (const { name } of decideModelParameters(model).parameters) {
        const tensor = initializers.get(name)!;
        if (tensor.type !== 'float32') throw new TypeError(name);
        const gradient = here[gradientName(name)]!;
        const data = tensor.data.map((value, i) => value + along * gradient[i]!);
        initializers.set(name, { ...tensor, data });
      }
      const moved = { ...model, graph: { ...model.graph, initializers } };
      return (await (await open(moved, count))(images, golden.shape)).loss![0]!;
    };
    const step = (0.001 * here.loss![0]!) / squared;
    const slope = ((await lossAt(step)) - (await lossAt(-step))) / (2 * step);
    t.true(Math.abs(slope / squared - 1) < 1e-3, `${slope} of ${squared}`);
  });

/** Runs a training step, with all gradients, on a batch. */
async function open(model: Model, batch: number) {
  const graph = encodeModel(inStandardOperators(compileTraining(model, { batch, gradients: true })));
  const session = await InferenceSession.create(graph, { logSeverityLevel: 3, intraOpNumThreads: 1 });
  return async (images: Float32Array, shape: readonly number[]): Promise<Record<string, Float32Array>> => {
    const outputs = await session.run({ image: new Tensor('float32', images, [batch, ...shape]) });
    return Object.fromEntries(
      Object.entries(outputs).map(([name, { data }]) => [name, (data as Float32Array).slice()]),
    );
  };
}

function sumOfSquares(values: Iterable<number>): number {
  return Array.from(values).reduce((sum, value) => sum + value * value, 0);
}
