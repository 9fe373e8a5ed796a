import test from 'ava';
import { goldenImages } from '../../workers/parity/golden-images.js';
import { disagreementsAt, openScorer, readNetworkGolden, score } from './golden-network.js';

// The reference is PyTorch's autograd in float64 (scripts/golden). 5e-4 is several times what float32 loses in
// these networks, and far less than what a wrong rule costs, since every kind of parameter carries at least
// 0.5 % of the norm, or is held alone in parameters.test.ts. At ε > 0 nothing looser is needed: the images were picked so that no sign hangs on rounding.
const networks = {
  residual: 'a residual network',
  'residual-folded': 'a residual network with folded BatchNorm',
  bottleneck: 'a bottleneck network with a strided 7×7 stem and overlapping max-pool',
  'bottleneck-folded': 'a bottleneck network with folded BatchNorm that was exported for one image',
  wide: 'a pre-activation wide residual network',
  'wide-folded': 'a pre-activation wide residual network with what BatchNorm can be folded',
  grouped: 'a network of grouped, depthwise, dilated and asymmetrical convolutions with ReLU6',
  'grouped-folded':
    'a network of grouped, depthwise, dilated and asymmetrical convolutions, BatchNorm folded',
  'small-gamma': 'a network with BatchNorm scales of 0, 1e-8, 1e-6 and −0.5',
  'small-gamma-folded': 'a network with BatchNorm scales of 0, 1e-8, 1e-6 and −0.5, folded',
  mixed: 'a network of concatenations, average-pools, pads, a gate, a channel shuffle and dropout',
  'mixed-folded':
    'a network of concatenations whose exporter left the arithmetic of shapes and pads in the file',
  perceptron: 'a network with several fully connected layers, one of them MatMul and Add',
  'perceptron-folded': 'a network with several fully connected layers and folded convolutions',
  softmax: 'a network that ends in Softmax',
  'softmax-folded': 'a network that ends in Softmax, with folded BatchNorm',
  tied: 'a network that uses one convolution twice and one initialiser for two BatchNorms',
  'tied-folded': 'a network whose folding gave one convolution two weights',
  copies: 'a network whose equal BatchNorms the exporter joined through Identity',
  modern: 'a network of depthwise convolutions, LayerNorm and GELU, as ConvNeXt',
  'modern-folded': 'a network like ConvNeXt whose LayerNorm is written as what it is made of',
  transformer: 'a network of attention with a class token, as ViT',
  'transformer-folded': 'a network like ViT whose LayerNorm is written as what it is made of',
  attention: 'a network of PyTorch’s own attention, with the batch among other axes',
  'attention-folded': 'a network of PyTorch’s own attention that was exported for one image',
  windows: 'a network of attention in shifted windows with a table of positions, as Swin',
  'windows-v2': 'a network like Swin v2, whose table and scale are made of parameters',
  statistic: 'a network that keeps a scale and a running variance in one initialiser',
};

for (const [network, description] of Object.entries(networks)) {
  const golden = readNetworkGolden(network);
  const images = goldenImages(golden);

  test(`${description} scores as in PyTorch float64, with a fixed batch`, async (t) => {
    const session = await openScorer(network, { batch: golden.seeds.length });
    const wrong: string[] = [];
    for (const cell of golden.cells) {
      wrong.push(...disagreementsAt(cell, await score(session, images, golden.shape, cell)));
    }
    t.deepEqual(wrong, []);
  });

  test(`${description} scores as in PyTorch float64, with a free batch`, async (t) => {
    const session = await openScorer(network);
    const first = images.subarray(0, images.length / golden.seeds.length);
    const wrong: string[] = [];
    for (const cell of golden.cells) {
      wrong.push(...disagreementsAt(cell, await score(session, images, golden.shape, cell)));
      const alone = await score(session, first, golden.shape, cell);
      wrong.push(...disagreementsAt(firstImageOf(cell), alone).map((line) => `batch of one, ${line}`));
    }
    t.deepEqual(wrong, []);
  });
}

function firstImageOf(cell: Parameters<typeof disagreementsAt>[0]): typeof cell {
  return {
    ...cell,
    predicted: cell.predicted.slice(0, 1),
    logits: cell.logits?.slice(0, 1) ?? null,
    logOdds: cell.logOdds.slice(0, 1),
    logS: cell.logS.slice(0, 1),
    logSG: cell.logSG.slice(0, 1),
    logG: cell.logG.slice(0, 1),
  };
}
