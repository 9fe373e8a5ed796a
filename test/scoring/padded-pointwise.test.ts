import test from 'ava';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { relu } from '../../stages/graph/arithmetic.js';
import { GraphBuilder } from '../../stages/graph/builder.js';
import { conv } from '../../stages/graph/convolution.js';
import { pad } from '../../stages/graph/layout.js';
import { padBehindPointwise } from '../../stages/lowerings/padded-pointwise.js';
import { encodeModel } from '../../stages/onnx/encode.js';
import type { Model } from '../../stages/onnx/model.js';

interface Case {
  readonly kernel?: number;
  readonly stride?: number;
  readonly before?: readonly number[];
  readonly own?: readonly [number, number, number, number];
  readonly bias?: boolean;
  readonly readTwice?: boolean;
}

/** A convolution of x [2, 3, 5, 6], padded before or by itself. */
function padded({ kernel = 1, stride = 1, before, own = [0, 0, 0, 0], bias = true, readTwice }: Case): Model {
  const b = new GraphBuilder(2);
  const x = b.input('x', ['N', 3, 5, 6]);
  const weight = b.floats(
    [4, 3, kernel, kernel],
    Float32Array.from({ length: 12 * kernel ** 2 }, (_, i) => Math.sin(i)),
  );
  const from = before ? pad(b, x, before) : x;
  const shift = bias ? b.floats([4], [1, -2, 0.5, 3]) : null;
  const window = {
    kernel: [kernel, kernel],
    strides: [stride, stride],
    pads: own,
    dilations: [1, 1],
  } as const;
  b.output('y', conv(b, from, weight, shift, window, 1));
  if (readTwice) b.output('z', relu(b, from));
  return b.finish('padded');
}

async function outputOf(model: Model): Promise<Float32Array> {
  const session = await InferenceSession.create(encodeModel(model));
  const image = Float32Array.from({ length: 180 }, (_, i) => Math.cos(i * 1.7));
  const { y } = await session.run({ x: new Tensor('float32', image, [2, 3, 5, 6]) });
  return y!.data as Float32Array;
}

const ends = [0, 0, 0, 0, 0, 0, 4, 1];

for (const [what, given] of [
  ['with a Pad before it', { before: ends }],
  ['with a Pad before it and no bias', { before: ends, bias: false }],
  ['that pads at the ends', { own: [0, 0, 4, 1] }],
  ['that pads what was padded', { before: ends, own: [1, 0, 0, 2] }],
] as const)
  test(`a 1×1 convolution ${what} is padded behind it without a change of its numbers`, async (t) => {
    const model = padded(given);
    const behind = padBehindPointwise(model);
    const types = behind.graph.nodes.map(({ type }) => type);
    t.is(types[0], 'Conv');
    t.is(types.filter((type) => type === 'Pad').length, 1);
    t.false(behind.graph.nodes.some((node) => node.attributes.has('pads')));
    const [before, after] = [await outputOf(model), await outputOf(behind)];
    t.is(after.length, before.length);
    t.true(after.every((value, i) => Math.abs(value - before[i]!) < 1e-5));
  });

for (const [what, given] of [
  ['without padding', {}],
  ['of 3×3 pixels', { kernel: 3, own: [1, 1, 1, 1] }],
  ['of every second pixel', { stride: 2, own: [0, 0, 1, 1] }],
  ['of what another node reads too', { before: ends, readTwice: true }],
] as const)
  test(`a convolution ${what} stays as it is`, (t) => {
    const model = padded(given);
    t.deepEqual(padBehindPointwise(model).graph.nodes, model.graph.nodes);
  });
