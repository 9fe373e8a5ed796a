import test from 'ava';
import {
  cpuLowerings,
  cudaHalfLowerings,
  cudaLowerings,
  cudaSingleLowerings,
  type Lowerings,
  portableLowerings,
  webgpuLowerings,
} from '../../stages/lowerings/lowerings.js';
import type { Node } from '../../stages/onnx/model.js';
import { compileOneShot } from '../../stages/scoring/compile-passes.js';
import { goldenImages } from '../../workers/parity/golden-images.js';
import {
  disagreementsOnce,
  openScorer,
  readNetwork,
  readNetworkGolden,
  score,
  tolerance,
} from './golden-network.js';

// Every form of every choice, whatever would be chosen for the shape, is right within the tolerance of the golden
// tests. Where a form does not apply to a layer, the direct product is what it falls back to. One after another: the
// threads of sessions that run at the same time wait for each other, busily.
const forms: Readonly<Record<string, Lowerings>> = {
  'the portable forms': portableLowerings,
  'the forms for WebGPU': webgpuLowerings,
  'the forms for CUDA': cudaLowerings,
  'the forms for CUDA in single precision': cudaSingleLowerings,
  'BatchNormalization kept': { ...cpuLowerings, normalization: 'kept' },
  'ReLUs before max-pools': { ...cpuLowerings, rectifiedPool: 'kept' },
  'factors of channels that broadcast': { ...cpuLowerings, normalization: 'kept', channelScale: 'broadcast' },
  'sums over positions by reduction': { ...cpuLowerings, positionSum: 'reduced' },
  'values spread over positions by broadcasting': { ...cpuLowerings, spread: 'broadcast' },
  'max-pool gradients by comparison': { ...cpuLowerings, maxPoolGradient: 'compared' },
  'strided 1×1 convolutions transposed': { ...cpuLowerings, stridedPointwise: 'transposed' },
  'transposed convolutions as they are': { ...cpuLowerings, transposedConvolution: 'as-is' },
  'cotangents chosen by comparing at gates': { ...cpuLowerings, gates: 'selected' },
  'max-pool gradients scattered by windows apart': { ...cpuLowerings, maxPoolGradient: 'scattered-apart' },
  'norms of vectors together': { ...cpuLowerings, vectorNorms: 'together' },
  'transposed convolutions padded alike': { ...cpuLowerings, transposedConvolution: 'symmetric' },
  'transposed convolutions interleaved': {
    ...portableLowerings,
    transposedConvolution: 'interleaved',
    maxPoolGradient: 'compared',
  },
  'biases subtracted, in the portable forms': { ...portableLowerings, biases: 'subtracted' },
  'windows gathered': { ...portableLowerings, unfolding: 'gathered', norms: ['direct'] },
  'fully connected layers convolved': { ...cpuLowerings, linear: 'convolved' },
  'fully connected layers convolved, in the forms for CUDA': { ...cudaLowerings, linear: 'convolved' },
  'direct products alone': { ...cpuLowerings, norms: ['direct'] },
  'Gram matrices of what windows see alone': { ...cpuLowerings, norms: ['gram'] },
  'Gram matrices of the padded input, shifted, wherever windows step by one': {
    ...cpuLowerings,
    norms: ['shifted-gram'],
  },
  'correlations wherever a kernel sees one channel': { ...cpuLowerings, norms: ['correlated', 'direct'] },
};

const networks = [
  'residual',
  'bottleneck',
  'bottleneck-folded',
  'wide',
  'grouped',
  'grouped-folded',
  'small-gamma',
  'mixed',
  'tied',
  'copies',
  'statistic',
  'perceptron',
  'modern',
  'transformer',
  'attention',
  'windows',
  'windows-v2',
];

const known = new Map<string, Promise<readonly string[]>>();

for (const [description, lowerings] of Object.entries(forms))
  test.serial(`${description} give the scores of PyTorch float64 in every network`, async (t) => {
    const wrong: string[] = [];
    for (const network of networks) {
      const options = { batch: readNetworkGolden(network).seeds.length, lowerings };
      wrong.push(...(await disagreementsOnce(network, options, known)));
    }
    t.deepEqual(wrong, []);
  });

test('where fully connected layers are convolved, none is a matrix product, in no pass and no precision', (t) => {
  for (const lowerings of [cpuLowerings, cudaLowerings, cudaHalfLowerings])
    for (const network of ['bottleneck', 'perceptron']) {
      const products = (linear: Lowerings['linear']): number => {
        const options = { batch: 2, lowerings: { ...lowerings, linear } };
        const { nodes, values } = compileOneShot(readNetwork(network), options).graph;
        const rank = (name = '') => values?.get(name)?.dims?.length;
        const isProduct = ({ type, outputs }: Node) =>
          type === 'Gemm' || (type === 'MatMul' && rank(outputs[0]) === 2);
        return nodes.filter(isProduct).length;
      };
      t.true(products('gemm') > 0, network);
      t.is(products('convolved'), 0, network);
    }
});

for (const norms of [['direct'], ['gram'], ['shifted-gram'], ['correlated']] as const)
  test.serial(
    `by ${norms} alone, each parameter that a BatchNormalization was joined with has its own norm where it is scored alone`,
    async (t) => {
      const wrong: string[] = [];
      for (const network of ['small-gamma']) {
        const golden = readNetworkGolden(network);
        const [cell] = golden.cells;
        for (const [name, { logSG }] of Object.entries(golden.parameters)) {
          const lowerings = { ...cpuLowerings, norms };
          const options = { batch: golden.seeds.length, parameters: [name], lowerings };
          const session = await openScorer(network, options);
          if (!cell) continue;
          const scores = await score(session, goldenImages(golden), golden.shape, cell);
          scores.logSG.forEach((value, image) => {
            const expected = logSG[image];
            if (expected === null || expected === undefined) return;
            if (!(Math.abs(value - expected) <= tolerance))
              wrong.push(`${network}, ${name}, image ${image}: ${value} instead of ${expected}`);
          });
        }
      }
      t.deepEqual(wrong, []);
    },
  );
