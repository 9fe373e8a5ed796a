import test from 'ava';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { cpuLowerings, loweringPresets } from '../../stages/lowerings/lowerings.js';
import { decodeModel } from '../../stages/onnx/decode.js';
import { encodeModel } from '../../stages/onnx/encode.js';
import { compileGrid } from '../../stages/scoring/compile-grid.js';
import {
  compileOneShot,
  decideModelParameters,
  type GraphOptions,
} from '../../stages/scoring/compile-passes.js';
import { layersNamed } from '../../stages/scoring/layer-names.js';
import { goldenNetworks } from '../../workers/parity/golden.js';
import { goldenImages } from '../../workers/parity/golden-images.js';
import { roundedBetweenOperations } from '../../workers/parity/rounded.js';
import { inStandardOperators } from '../../workers/parity/standard-operators.js';
import { floats, modelOf, node } from '../operations/graph.js';
import { disagreements, type NetworkGolden, readNetwork, readNetworkGolden } from './golden-network.js';

for (const network of goldenNetworks)
  test(`norms of the ${network} network's layers are those of PyTorch float64, and add up to log SG`, async (t) => {
    const golden = readNetworkGolden(network);
    const { norms, names, logSG } = await scored(network);
    t.deepEqual([...names].sort(), Object.keys(golden.parameters).sort());
    t.deepEqual(wrongNorms({ names, norms }, golden), []);
    t.deepEqual(disagreements('log SG', logSG, norms.map(logSumExp), 2e-5), []);
    t.deepEqual(disagreements('log SG', logSG, golden.cells[0]!.logSG), []);
  });

for (const norms of [['direct'], ['gram'], ['shifted-gram'], ['correlated']] as const)
  test(`by ${norms} alone, each parameter that a BatchNormalization was joined with has its own norm`, async (t) => {
    for (const network of ['small-gamma', 'grouped', 'bottleneck', 'tied']) {
      const golden = readNetworkGolden(network);
      const found = await scored(network, { lowerings: { ...cpuLowerings, norms } });
      t.deepEqual([...found.names].sort(), Object.keys(golden.parameters).sort());
      t.deepEqual(wrongNorms(found, golden), [], network);
    }
  });

for (const [preset, lowerings] of Object.entries(loweringPresets))
  test(`in the forms for ${preset}, norms of layers add up to log SG, at any temperature and ε`, async (t) => {
    // Of the confident network half precision has no finite score.
    const networks = lowerings.precision === 'half' ? ['bottleneck'] : ['bottleneck', 'confident-110'];
    for (const network of networks)
      for (const [temperature, epsilon] of [
        [1, 0],
        [1000, 0.002],
      ] as const) {
        const { norms, logSG } = await scored(network, { lowerings }, temperature, epsilon);
        t.true(logSG.every(Number.isFinite));
        t.deepEqual(disagreements(network, logSG, norms.map(logSumExp), 2e-5), []);
      }
  });

test('layers are the parameters of θ, in the order in which they are listed', async (t) => {
  const parameters = ['role:scale', 'fc.*'];
  const decided = decideModelParameters(readNetwork('residual'), { parameters });
  const { names, norms } = await scored('residual', { parameters });
  t.deepEqual(
    names,
    decided.parameters.flatMap(({ name, scored: isScored }) => (isScored ? [name] : [])),
  );
  t.true(names.length > 3 && norms.every((row) => row.length === names.length));
});

test('layers whose gradient is zero have a norm of −∞, and the others theirs', async (t) => {
  const dead = modelOf({
    nodes: [
      node('Conv', ['image', 'stem'], {}, ['x']),
      node('Flatten', ['x'], {}, ['f']),
      node('Gemm', ['f', 'w', 'b'], {}, ['u']),
      node('Relu', ['u'], {}, ['r']),
      node('Gemm', ['r', 'w2', 'b2'], {}, ['logits']),
    ],
    initializers: {
      ...{ stem: floats([4, 3, 1, 1]), w: floats([64, 5]), b: floats([5], new Array(5).fill(-1e6)) },
      ...{ w2: floats([5, 3]), b2: floats([3]) },
    },
    image: [3, 4, 4],
  });
  const graph = encodeModel(compileOneShot(dead, { layerNorms: true }));
  t.deepEqual(layersNamed(decodeModel(graph)), ['stem', 'w', 'b', 'w2', 'b2']);
  const { layer_log_norms: norms = [], log_sg: logSG = [] } = await run(
    graph,
    new Float32Array(48).fill(0.5),
    [1, 3, 4, 4],
    1,
    [0, 0, 0],
    [3],
  );
  t.deepEqual(norms, [...new Array(4).fill(-Infinity), norms[4]]);
  t.deepEqual(disagreements('log SG', logSG, norms.slice(4), 2e-5), []);
});

test('a grid gives the norms of each ε, and names the layers', async (t) => {
  const golden = readNetworkGolden('residual');
  const [channels] = golden.shape;
  const batch = golden.seeds.length;
  const options = { batch, steps: 3, together: 2, layerNorms: true };
  const grid = decodeModel(encodeModel(compileGrid(readNetwork('residual'), options)));
  const epsilons = [0, 0.001, 0.002];
  const outputs = await run(
    encodeModel(inStandardOperators(grid)),
    goldenImages(golden),
    [batch, ...golden.shape],
    10,
    epsilons.flatMap((epsilon) => new Array<number>(channels).fill(epsilon)),
    [epsilons.length, channels],
  );
  const names = layersNamed(grid)!;
  const norms = rowsOf(outputs.layer_log_norms!, names.length);
  t.is(norms.length, epsilons.length * batch);
  for (const [at, epsilon] of epsilons.entries()) {
    const alone = await scored('residual', {}, 10, epsilon);
    t.deepEqual(alone.names, names);
    alone.norms.forEach((row, image) => {
      t.deepEqual(disagreements(`ε ${epsilon}`, norms[at * batch + image]!, row, 2e-5), []);
    });
  }
});

/** A line for each norm [N][L] that is not that of its parameter alone at T = 1, ε = 0. */
function wrongNorms(
  { names, norms }: { readonly names: readonly string[]; readonly norms: readonly (readonly number[])[] },
  { parameters }: NetworkGolden,
): string[] {
  return names.flatMap((name, layer) =>
    disagreements(
      name,
      norms.map((row) => row[layer]!),
      parameters[name]!.logSG,
    ),
  );
}

/** Norms [N][L], as a one-shot scorer gives them, and the names of the layers. */
async function scored(network: string, options: GraphOptions = {}, temperature = 1, epsilon = 0) {
  const golden = readNetworkGolden(network);
  const model = compileOneShot(readNetwork(network), { ...options, layerNorms: true });
  const standard = inStandardOperators(model);
  const isHalf = options.lowerings?.precision === 'half';
  const bytes = encodeModel(isHalf ? roundedBetweenOperations(standard) : standard);
  const [channels] = golden.shape;
  const steps = new Array<number>(channels).fill(epsilon);
  const shape = [golden.seeds.length, ...golden.shape];
  const outputs = await run(bytes, goldenImages(golden), shape, temperature, steps, [channels]);
  const names = layersNamed(decodeModel(encodeModel(model)))!;
  return { names, norms: rowsOf(outputs.layer_log_norms!, names.length), logSG: outputs.log_sg! };
}

async function run(
  bytes: Uint8Array,
  images: Float32Array,
  shape: readonly number[],
  temperature: number,
  steps: readonly number[],
  dims: readonly number[],
): Promise<Record<string, number[]>> {
  const session = await InferenceSession.create(bytes, { logSeverityLevel: 3, intraOpNumThreads: 1 });
  const outputs = await session.run({
    image: new Tensor('float32', images, shape),
    temperature: new Tensor('float32', [temperature], [1]),
    epsilon: new Tensor('float32', Float32Array.from(steps), dims),
  });
  await session.release();
  return Object.fromEntries(
    Object.entries(outputs).map(([name, { data }]) => [
      name,
      Array.from(data as Iterable<number | bigint>, Number),
    ]),
  );
}

const rowsOf = (numbers: readonly number[], size: number): number[][] =>
  Array.from({ length: numbers.length / size }, (_, row) => numbers.slice(row * size, (row + 1) * size));

function logSumExp(values: readonly number[]): number {
  const most = Math.max(...values);
  return most + Math.log(values.reduce((sum, value) => sum + Math.exp(value - most), 0));
}
