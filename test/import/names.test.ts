import { readFile } from 'node:fs/promises';
import test from 'ava';
import { ModelError } from '../../stages/errors.js';
import { decodeModel } from '../../stages/onnx/decode.js';
import { compileOneShot } from '../../stages/scoring/compile-passes.js';
import { listed, shown } from '../../stages/shown.js';
import { modelOf } from '../operations/graph.js';

const read = async (name: string) =>
  decodeModel(await readFile(new URL(`../../../test/models/${name}.onnx`, import.meta.url)));

for (const type of ['__proto__', 'constructor'])
  test(`an operation ${type} is one without a rule`, async (t) => {
    const model = await read(`op-${type}`);
    t.throws(() => compileOneShot(model), {
      instanceOf: ModelError,
      message: new RegExp(`^no rule for .*${type}`),
    });
  });

for (const type of ['toString', 'hasOwnProperty', 'valueOf', '__defineGetter__'])
  test(`${type} is a name like any other, of operations, domains, attributes and tensors`, (t) => {
    const graph = (op: string) =>
      modelOf({
        nodes: [
          { type: op, inputs: ['image'], outputs: [type], attributes: { [type]: { int: 1 } } },
          { type: 'MatMul', inputs: [type, `${type} weight`], outputs: ['logits'] },
        ],
        initializers: {
          [`${type} weight`]: { type: 'float32', dims: [48, 5], data: new Float32Array(240).fill(0.1) },
        },
        image: [3, 4, 4],
      });
    t.notThrows(() => compileOneShot(graph('Flatten')));
    t.throws(() => compileOneShot(graph(type)), { instanceOf: ModelError, message: /^no rule for / });
  });

test('names are shown on one line, with what can’t be seen escaped, and cut where they are long', (t) => {
  t.is(shown('/layer1/conv 1/Conv_output_0'), '/layer1/conv 1/Conv_output_0');
  t.is(shown('Gewicht.ü'), 'Gewicht.ü');
  t.is(shown('a\nb'), '"a\\nb"');
  t.is(shown('\u001b[31mred'), '"\\u001b[31mred"');
  t.is(shown('\u009b31m \u202e'), '"\\u{9b}31m \\u{202e}"');
  t.is(shown(''), '""');
  t.is(shown('x'.repeat(1000)).length, 121);
  t.is(listed([1, 2, 3], 2), '1, 2 and 1 more');
});
