import test from 'ava';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { GraphBuilder, int, type Value } from '../../stages/graph/builder.js';
import { conv, convTranspose, type Window } from '../../stages/graph/convolution.js';
import { alignConvolutions } from '../../stages/lowerings/aligned-convolutions.js';
import { encodeModel } from '../../stages/onnx/encode.js';
import type { Model } from '../../stages/onnx/model.js';

const window: Window = { kernel: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1], dilations: [1, 1] };

/** A convolution of x [2, inputs, 8, 8]. */
function convolution(inputs: number, outputs: number, groups: number, transposed = false): Model {
  const b = new GraphBuilder(2);
  const x = b.input('x', ['N', inputs, 8, 8]);
  const weight = (dims: readonly number[]): Value =>
    b.floats(
      dims,
      Float32Array.from({ length: dims.reduce((a, c) => a * c) }, (_, i) => Math.sin(i)),
    );
  const y = transposed
    ? convTranspose(b, x, weight([inputs, outputs / groups, 3, 3]), window, groups, ['N', outputs, 16, 16])
    : conv(b, x, weight([outputs, inputs / groups, 3, 3]), null, window, groups);
  b.output('y', y);
  return b.finish('convolution');
}

async function outputOf(model: Model, inputs: number): Promise<Float32Array> {
  const session = await InferenceSession.create(encodeModel(model));
  const image = Float32Array.from({ length: 2 * inputs * 64 }, (_, i) => Math.cos(i * 1.7));
  const { y } = await session.run({ x: new Tensor('float32', image, [2, inputs, 8, 8]) });
  return y!.data as Float32Array;
}

for (const [what, inputs, outputs, groups, transposed, left] of [
  ['nine outputs for each of eight inputs', 8, 72, 8, false, 2],
  ['nine outputs for each of six inputs', 6, 54, 6, false, 3],
  ['nine outputs for each of five inputs', 10, 90, 10, false, 5],
  ['twenty outputs for each of five inputs', 5, 100, 5, false, 5],
  ['six outputs for each of two inputs', 2, 12, 2, false, 1],
  ['four inputs for one output, transposed', 32, 8, 8, true, 4],
  ['two inputs for one output, transposed, three groups', 6, 3, 3, true, 1],
  ['six inputs and eight outputs', 6, 8, 1, false, 1],
  ['fifteen inputs and four outputs', 15, 4, 1, false, 1],
] as const)
  test(`a convolution with ${what} is aligned without a change of its numbers`, async (t) => {
    const model = convolution(inputs, outputs, groups, transposed);
    const aligned = alignConvolutions(model);
    const node = aligned.graph.nodes.find(({ type }) => type.startsWith('Conv'));
    t.deepEqual(node?.attributes.get('group'), int(left));
    const [before, after] = [await outputOf(model, inputs), await outputOf(aligned, inputs)];
    t.is(after.length, before.length);
    t.true(after.every((value, i) => Math.abs(value - before[i]!) < 1e-5));
  });

for (const [what, inputs, outputs, groups] of [
  ['three inputs', 3, 64, 1],
  ['sixteen inputs', 16, 16, 1],
  ['one output for each input', 8, 8, 8],
  ['two outputs for each input', 8, 16, 8],
  ['four outputs a group', 24, 24, 6],
  ['inputs that twelve divides', 12, 8, 1],
] as const)
  test(`a convolution with ${what} stays as it is`, (t) => {
    const model = convolution(inputs, outputs, groups);
    t.deepEqual(alignConvolutions(model).graph.nodes, model.graph.nodes);
  });
