import { readFile } from 'node:fs/promises';
import test from 'ava';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { decodeModel } from '../../stages/onnx/decode.js';
import { encodeModel } from '../../stages/onnx/encode.js';
import type { Model, Node } from '../../stages/onnx/model.js';
import { compileOneShot } from '../../stages/scoring/compile-passes.js';

const file = new URL('../../../test/golden/residual.onnx', import.meta.url);

/** The same network behind an input [N, H, W, C], as exporters of channels-last frameworks write it. */
function takingChannelsLast(model: Model): Model {
  const [input] = model.graph.inputs;
  const [batch, channels, height, width] = input?.dims ?? [];
  const transpose: Node = {
    name: 'to channels first',
    type: 'Transpose',
    domain: '',
    inputs: ['pixels'],
    outputs: [input!.name],
    attributes: new Map([['perm', { kind: 'ints', value: [0, 3, 1, 2] }]]),
  };
  const dims = [batch!, height!, width!, channels!];
  return {
    ...model,
    graph: {
      ...model.graph,
      nodes: [transpose, ...model.graph.nodes],
      inputs: [{ name: 'pixels', type: 'float32', dims }],
    },
  };
}

test('a network that takes channels last is scored from channels-first images, with the same scores', async (t) => {
  const model = decodeModel(await readFile(file));
  const [channels, height, width] = (model.graph.inputs[0]?.dims ?? []).slice(1).map(Number) as [
    number,
    number,
    number,
  ];
  const pixels = Float32Array.from({ length: 2 * channels * height * width }, (_, index) =>
    Math.sin(index * 0.37),
  );
  const scores = [];
  for (const variant of [model, takingChannelsLast(model)]) {
    const session = await InferenceSession.create(encodeModel(compileOneShot(variant, { batch: 2 })));
    const outputs = await session.run({
      image: new Tensor('float32', pixels, [2, channels, height, width]),
      temperature: new Tensor('float32', [10], [1]),
      epsilon: new Tensor('float32', new Float32Array(channels).fill(0.01), [channels]),
    });
    scores.push([...(outputs.log_g!.data as Float32Array)]);
    await session.release();
  }
  const [first, last] = scores as [number[], number[]];
  t.is(first.length, 2);
  // The same operations on the same numbers; only the order of layout changes may differ.
  for (const [index, value] of first.entries()) t.true(Math.abs(value - last[index]!) < 1e-5);
});
