import { readFile } from 'node:fs/promises';
import test from 'ava';
import { decodeModel } from '../../stages/onnx/decode.js';
import { compileOneShot } from '../../stages/scoring/compile-passes.js';
import { differenceToRuntime } from './against-runtime.js';

/** Networks as exporters wrote them: what each holds that others don't, and the batch size that it is written for. */
const networks: readonly (readonly [file: string, what: string, images?: number])[] = [
  ['opset9', 'operator set 9'],
  ['opset10', 'operator set 10'],
  ['opset22_ir10', 'operator set 22'],
  ['opset23_ir11', 'operator set 23'],
  ['op_avgceil', 'average pools whose windows hang over the edge'],
  ['op_reflect', 'padding with what lies behind the edges'],
  ['fp16_weights_cast', 'weights in half precision and Casts around them'],
  ['dyn_view', 'a shape that is computed from the batch size'],
  ['fixed1_shuf', 'a channel shuffle at a fixed batch size', 1],
];

for (const [file, what, images = 2] of networks)
  test(`a network with ${what} (${file}) has the logits of ONNX Runtime, and is scored`, async (t) => {
    const original = await readFile(new URL(`../../../test/models/${file}.onnx`, import.meta.url));
    const model = decodeModel(original);
    t.true((await differenceToRuntime(model, { images, original })) < 1e-5);
    t.notThrows(() => compileOneShot(model));
  });
