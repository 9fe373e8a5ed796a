import test from 'ava';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { graphMemory } from '../../stages/graph/graph-memory.js';
import { cudaHalfLowerings, halfLowerings, portableLowerings } from '../../stages/lowerings/lowerings.js';
import { encodeModel } from '../../stages/onnx/encode.js';
import type { ElementType, Model, Node } from '../../stages/onnx/model.js';
import {
  compileForward,
  compileOneShot,
  compilePerturbation,
  compileScoring,
} from '../../stages/scoring/compile-passes.js';
import { nameSettingsAsOptions } from '../../stages/setting.js';
import { onnxRuntimeCpu } from '../../workers/engines/onnxruntime.js';
import { goldenNetworks } from '../../workers/parity/golden.js';
import { goldenImages } from '../../workers/parity/golden-images.js';
import { measureParity } from '../../workers/parity/measure.js';
import { roundedBetweenOperations } from '../../workers/parity/rounded.js';
import { inStandardOperators } from '../../workers/parity/standard-operators.js';
import { tolerances } from '../../workers/parity/tolerance.js';
import { modelOf, type WrittenNode } from '../operations/graph.js';
import { readNetwork, readNetworkGolden } from './golden-network.js';

nameSettingsAsOptions();

const options = { lowerings: halfLowerings, threads: 1, tolerance: tolerances.fp16 };

// ONNX Runtime's CPU provider reads these graphs as they are, but computes chains of their operations in single
// precision: rounding is seen where the graph itself rounds between operations.
for (const [how, networks, prepare, lowerings] of [
  [
    'as ONNX Runtime reads it',
    ['bottleneck', 'grouped', 'mixed', 'perceptron', 'tied', 'wide'],
    undefined,
    halfLowerings,
  ],
  ['rounded between operations', goldenNetworks, roundedBetweenOperations, halfLowerings],
  [
    'in the forms for CUDA',
    goldenNetworks,
    (model: Model) => roundedBetweenOperations(inStandardOperators(model)),
    cudaHalfLowerings,
  ],
  [
    'with fully connected layers convolved',
    ['bottleneck', 'mixed', 'perceptron', 'tied'],
    (model: Model) => roundedBetweenOperations(inStandardOperators(model)),
    { ...cudaHalfLowerings, linear: 'convolved' },
  ],
] as const)
  test(`half precision, ${how}, gives the scores of PyTorch float64`, async (t) => {
    const wrong: string[] = [];
    for (const network of networks) {
      const { worst } = await measureParity(onnxRuntimeCpu, network, {
        ...options,
        lowerings,
        ...(prepare && { prepare }),
      });
      if (!(worst.share <= 1))
        wrong.push(`${network}: ${worst.what} is ${worst.value}, not ${worst.reference}`);
    }
    t.deepEqual(wrong, []);
  });

test('each kind of parameter alone has its norm in half precision', async (t) => {
  const wrong: string[] = [];
  for (const network of ['bottleneck', 'mixed', 'small-gamma']) {
    const golden = readNetworkGolden(network);
    const [cell] = golden.cells;
    for (const [role, expected] of Object.entries(cell?.logSGByRole ?? {})) {
      const batch = golden.seeds.length;
      const compiled = { batch, lowerings: halfLowerings, parameters: [`role:${role}`] };
      const session = await open(roundedBetweenOperations(compileOneShot(readNetwork(network), compiled)));
      const { log_sg: found } = await session.run({
        image: new Tensor('float32', goldenImages(golden), [batch, ...golden.shape]),
        ...cellFeeds(cell?.temperature ?? 1, cell?.epsilon ?? []),
      });
      const errors = expected.map((value, image) => Math.abs(Number(found!.data[image]) - value));
      // The median: see `tolerances`.
      const median = errors.toSorted((a, b) => a - b)[batch >> 1]!;
      if (!(median <= 2e-2)) wrong.push(`${network}, ${role}: ${errors}`);
    }
  }
  t.deepEqual(wrong, []);
});

test('norms, head, perturbed image and direction are in single precision, layers in half', (t) => {
  for (const network of ['bottleneck', 'mixed', 'perceptron', 'wide']) {
    const model = readNetwork(network);
    for (const compile of [compileForward, compilePerturbation, compileScoring, compileOneShot]) {
      const { graph } = compile(model, { batch: 2, lowerings: halfLowerings });
      const type = (name: string): ElementType | 'unknown' | undefined =>
        graph.initializers.get(name)?.type ?? graph.values?.get(name)?.type;
      const floats = (names: readonly string[]) =>
        names.map(type).filter((one) => one === 'float32' || one === 'float16');
      for (const { inputs, outputs, ...node } of graph.nodes.filter(({ type: one }) => one !== 'Cast'))
        t.is(
          new Set(floats([...inputs, ...outputs])).size <= 1,
          true,
          `${network}, ${node.name} mixes precisions`,
        );
      for (const { name, type: one } of [...graph.inputs, ...graph.outputs])
        t.true(one === 'float32' || one === 'int64', name);

      const single = beforeCasts(
        graph.nodes,
        graph.outputs.map(({ name }) => name),
      );
      t.true([...single].every(({ outputs }) => floats(outputs).every((one) => one === 'float32')));
      const types = new Set([...single].map((node) => node.type));
      t.true(types.has('Gemm') || types.has('MatMul') || types.has('Conv'), 'the head has weights');
      if (compile === compileScoring)
        for (const norm of ['MatMul', 'ReduceSumSquare', 'Log', 'ArgMax']) t.true(types.has(norm), norm);
      if (compile === compilePerturbation) t.true(types.has('Sign'));
      // All else is in half: the first and every other layer, forward and back.
      const others = graph.nodes.filter((node) => node.type === 'Conv' && !single.has(node));
      t.true(others.length > 0);
      t.true(others.every(({ outputs }) => floats(outputs).every((one) => one === 'float16')));
    }
  }
});

/** The nodes that these values come from, back to where half precision is cast to single. */
function beforeCasts(nodes: readonly Node[], names: readonly string[]): ReadonlySet<Node> {
  const producers = new Map(nodes.flatMap((node) => node.outputs.map((name) => [name, node] as const)));
  const found = new Set<Node>();
  const open = [...names];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    const node = producers.get(name);
    if (!node || found.has(node) || node.name.endsWith(':float32')) continue;
    found.add(node);
    open.push(...node.inputs);
  }
  return found;
}

test('a value of half precision is cast once, however many norms read it', (t) => {
  const { graph } = compileScoring(readNetwork('bottleneck'), { batch: 2, lowerings: halfLowerings });
  const cast = graph.nodes.filter(({ type }) => type === 'Cast').map(({ inputs }) => inputs[0]);
  t.is(new Set(cast).size, cast.length);
});

test('graphs of half precision hold values and weights of half the size', (t) => {
  const model = readNetwork('residual');
  const memory = (lowerings: typeof halfLowerings) => {
    const folded = { ...lowerings, normalization: 'folded' as const };
    return graphMemory(compileForward(model, { batch: 2, lowerings: folded }), 2);
  };
  const [half, single] = [memory(halfLowerings), memory(portableLowerings)];
  t.true(half.imageBytes < 0.7 * single.imageBytes);
  t.true(half.fixedBytes < 0.7 * single.fixedBytes);
});

test('a weight beyond half precision is refused in one line that names it', (t) => {
  const refused = (weights: readonly number[]) => () =>
    compileForward(deep({ weights }), { batch: 1, lowerings: halfLowerings });
  t.throws(refused([7e4]), {
    message:
      /^operation Conv, node node0: tensor w0 holds 70000, and half precision ends at 65504: use --precision fp32/,
  });
  t.notThrows(refused([65504]));
  t.notThrows(() => compileForward(deep({ weights: [7e4] }), { batch: 1, lowerings: portableLowerings }));
});

test('so are kernels that folding a normalisation puts beyond it', (t) => {
  const model = modelOf({
    image: [1, 4, 4],
    nodes: [
      { type: 'Conv', inputs: ['image', 'w'], outputs: ['c'] },
      { type: 'BatchNormalization', inputs: ['c', 'one', 'zero', 'zero', 'zero'], outputs: ['n'] },
      { type: 'Flatten', inputs: ['n'], outputs: ['f'] },
      { type: 'Gemm', inputs: ['f', 'v'], outputs: ['logits'] },
    ],
    initializers: {
      w: tensor([1, 1, 1, 1], [1000]),
      one: tensor([1], [1]),
      zero: tensor([1], [0]),
      v: tensor([16, 2], new Array(32).fill(0.1)),
    },
  });
  t.throws(() => compileForward(model, { lowerings: halfLowerings }), {
    message:
      /^operation Conv \+ BatchNormalization, node node0 \+ node1: a constant holds 3\d{5}\.?\d*, and half precision/,
  });
});

// Images whose values grow by powers of two: at some size activations overflow, first here and there, then everywhere.
for (const between of [
  ...['Relu', 'MaxPool', 'Add'],
  ...['Elu', 'HardSwish', 'LeakyRelu', 'ReduceMean', 'Sigmoid', 'Softmax', 'Softplus', 'Tanh'],
])
  test(`whatever overflows before and after ${between} gives no finite score that is wrong`, async (t) => {
    const model = deep({ weights: [0.4, 0.4, 0.4], between });
    const open2 = async (lowerings: typeof halfLowerings) => {
      const rounded = (graph: Model) =>
        lowerings === halfLowerings ? careless(roundedBetweenOperations(graph)) : graph;
      return open(rounded(compileScoring(model, { batch: 1, lowerings })));
    };
    const [half, single] = [await open2(halfLowerings), await open2(portableLowerings)];
    const perturbation = await open(
      careless(roundedBetweenOperations(compilePerturbation(model, { batch: 1, lowerings: halfLowerings }))),
    );
    const finite: number[] = [];
    for (let exponent = 0; exponent <= 24; exponent++) {
      const image = pixels((_, index) => 2 ** exponent * Math.sin(3 * index + 1));
      const feeds = { image, direction: pixels(() => 0), ...cellFeeds(1e4, [0]) };
      const [found, expected] = [await half.run(feeds), await single.run(feeds)];
      const [norm, logit] = [Number(found.log_norm!.data[0]), Number(found.max_logit!.data[0])];
      const { direction, logits } = await perturbation.run({ image, temperature: feeds.temperature });
      const clean = Array.from(logits!.data as Float32Array);
      const reference = Array.from(expected.logits!.data as Float32Array);
      const isClose = (value: number, other: number) =>
        Math.abs(value - other) <= 2e-2 * Math.max(1, Math.abs(other));
      if (clean.every(Number.isFinite))
        t.true(
          clean.every((value, c) => isClose(value, reference[c]!)),
          `2^${exponent}`,
        );
      else
        t.true((direction!.data as Float32Array).some(Number.isNaN), 'a gradient from nowhere has no sign');
      t.deepEqual(Number.isFinite(logit), clean.every(Number.isFinite));
      if (!Number.isFinite(norm) || !Number.isFinite(logit)) continue;
      finite.push(exponent);
      t.true(isClose(norm, Number(expected.log_norm!.data[0])), `2^${exponent}: ${norm}`);
    }
    t.true(finite.includes(0) && !finite.includes(24), `${finite}`);
  });

test('a gradient alone that overflows gives no finite norm and no direction', async (t) => {
  // The images are small, so that no activation is beyond 10 000; a cotangent goes through all weights but the first.
  const model = deep({ weights: [1e-3, 3e4, 30, 10] });
  const [scoring, perturbation] = await Promise.all(
    [compileScoring, compilePerturbation].map((compile) =>
      open(roundedBetweenOperations(compile(model, { batch: 1, lowerings: halfLowerings }))),
    ),
  );
  const image = pixels((_, index) => 0.001 * Math.sin(3 * index + 1));
  const { temperature, epsilon } = cellFeeds(1, [0]);
  const scored = await scoring!.run({ image, temperature, epsilon, direction: pixels(() => 0) });
  t.true(Number.isFinite(scored.max_logit!.data[0]));
  t.false(Number.isFinite(scored.log_norm!.data[0]));
  const { direction } = await perturbation!.run({ image, temperature });
  t.true((direction!.data as Float32Array).some(Number.isNaN));
});

const levelling = new Set([
  ...['MaxPool', 'Relu', 'Clip', 'HardSigmoid', 'LeakyRelu', 'Elu', 'Sigmoid', 'Softplus', 'Tanh'],
]);

/** A graph as by a provider whose gates and pools make 0 of NaN, as providers may. */
function careless(model: Model): Model {
  const nodes = model.graph.nodes.flatMap((node): Node[] => {
    const [x = '', ...others] = node.inputs;
    if (!levelling.has(node.type)) return [node];
    const [same, number] = [`${node.name} same`, `${node.name} number`];
    const made = (type: string, inputs: readonly string[], output: string): Node => {
      return { name: output, type, domain: '', inputs, outputs: [output], attributes: new Map() };
    };
    return [
      made('Equal', [x, x], same),
      made('Where', [same, x, 'nothing'], number),
      { ...node, inputs: [number, ...others] },
    ];
  });
  const initializers = new Map(model.graph.initializers).set('nothing', tensor([], [0]));
  return { ...model, graph: { ...model.graph, nodes, initializers } };
}

const side = 8;

/**
 * One convolution 3×3 of 4 channels for each weight, alternating in sign, each followed by a ReLU and by what is asked
 * for, then a linear layer.
 */
function deep({
  weights,
  between = 'Relu',
}: {
  readonly weights: readonly number[];
  readonly between?: string;
}) {
  const nodes: WrittenNode[] = [];
  const initializers: Record<
    string,
    Model['graph']['initializers'] extends ReadonlyMap<string, infer T> ? T : never
  > = {};
  let name = 'image';
  weights.forEach((weight, layer) => {
    const inputs = layer === 0 ? 1 : 4;
    const kernels = Array.from({ length: 4 * inputs * 9 }, (_, at) =>
      at === 0 ? weight : weight * Math.cos(5 * at + layer),
    );
    initializers[`w${layer}`] = tensor([4, inputs, 3, 3], kernels);
    nodes.push({
      type: 'Conv',
      inputs: [name, `w${layer}`],
      outputs: [`c${layer}`],
      attributes: { pads: { ints: [1, 1, 1, 1] } },
    });
    const window = { kernel_shape: { ints: [3, 3] }, pads: { ints: [1, 1, 1, 1] } };
    const gate = (input: string, type = 'Relu'): WrittenNode => ({
      type,
      inputs: [input],
      outputs: [`r${layer}`],
    });
    if (between === 'MaxPool') {
      nodes.push(
        { type: 'MaxPool', inputs: [`c${layer}`], outputs: [`p${layer}`], attributes: window },
        gate(`p${layer}`),
      );
    } else if (between === 'Add' && layer > 0) {
      nodes.push({ type: 'Add', inputs: [`c${layer}`, name], outputs: [`a${layer}`] }, gate(`a${layer}`));
    } else if (between === 'ReduceMean') {
      const mean = { axes: { ints: [1] } };
      nodes.push(
        { type: 'ReduceMean', inputs: [`c${layer}`], outputs: [`m${layer}`], attributes: mean },
        { type: 'Sub', inputs: [`c${layer}`, `m${layer}`], outputs: [`a${layer}`] },
        gate(`a${layer}`),
      );
    } else if (between === 'Softmax') {
      const attributes = { axis: { int: 1 } };
      nodes.push({ ...gate(`c${layer}`, between), attributes });
    } else nodes.push(gate(`c${layer}`, between === 'Relu' || between === 'Add' ? 'Relu' : between));
    name = `r${layer}`;
  });
  const features = 4 * side * side;
  initializers.v = tensor(
    [features, 3],
    Array.from({ length: features * 3 }, (_, at) => 1e-4 * Math.cos(7 * at)),
  );
  nodes.push(
    { type: 'Flatten', inputs: [name], outputs: ['f'] },
    { type: 'Gemm', inputs: ['f', 'v'], outputs: ['logits'] },
  );
  return modelOf({ image: [1, side, side], nodes, initializers });
}

function tensor(dims: readonly number[], data: readonly number[]) {
  return { type: 'float32', dims, data: Float32Array.from(data) } as const;
}

function pixels(value: (_: unknown, index: number) => number): Tensor {
  return new Tensor('float32', Float32Array.from({ length: side * side }, value), [1, 1, side, side]);
}

function cellFeeds(temperature: number, epsilon: readonly number[]) {
  return {
    temperature: new Tensor('float32', Float32Array.of(temperature), [1]),
    epsilon: new Tensor('float32', Float32Array.from(epsilon), [epsilon.length]),
  };
}

function open(model: Model): Promise<InferenceSession> {
  return InferenceSession.create(encodeModel(model), { logSeverityLevel: 3, intraOpNumThreads: 1 });
}
