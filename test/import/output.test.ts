import { readFile } from 'node:fs/promises';
import test from 'ava';
import { ModelError } from '../../stages/errors.js';
import { findClassifier } from '../../stages/import/classifier.js';
import { withOutput } from '../../stages/import/output.js';
import { decodeModel } from '../../stages/onnx/decode.js';
import { encodeModel } from '../../stages/onnx/encode.js';
import type { Model, ValueInfo } from '../../stages/onnx/model.js';
import { compileOneShot } from '../../stages/scoring/compile-passes.js';
import { nameSettingsAsOptions } from '../../stages/setting.js';
import { floats, modelOf, node } from '../operations/graph.js';

nameSettingsAsOptions();

const linear = modelOf({
  nodes: [
    node('Flatten', ['image'], {}, ['flat']),
    node('MatMul', ['flat', 'W'], {}, ['a']),
    node('Softmax', ['a'], {}, ['b']),
  ],
  initializers: { W: floats([48, 5]) },
  image: [3, 4, 4],
});

const output = (
  name: string,
  dims: ValueInfo['dims'] = ['N', 5],
  type: ValueInfo['type'] = 'float32',
): ValueInfo => ({
  name,
  type,
  dims,
});

const giving = (...outputs: readonly ValueInfo[]): Model => ({
  ...linear,
  graph: { ...linear.graph, outputs },
});

const logitsOf = (model: Model): string => findClassifier(model).logits;

for (const [what, outputs] of [
  ['labels', [output('label', ['N'], 'int64'), output('a')]],
  ['maps of features', [output('map', ['N', 8, 7, 7]), output('a')]],
  ['one number an image', [output('sum', ['N', 1]), output('a')]],
  ['a list of dictionaries', [output('a', null), output('map', null, 'unknown')]],
  ['probabilities, beside one that is called logits', [output('b'), output('logits')]],
  ['none of the form', [output('a', ['N', 5, 1, 1]), output('label', ['N'], 'int64')]],
] as const)
  test(`of several outputs, beside ${what}, the only one that can be logits is`, (t) => {
    const wanted = outputs.some(({ name }) => name === 'logits') ? 'logits' : 'a';
    t.is(logitsOf(giving(...outputs)), wanted);
  });

test('of several outputs that can be logits one must be named', (t) => {
  const model = giving(output('a'), output('b'), output('label', ['N'], 'int64'));
  t.throws(() => logitsOf(model), {
    instanceOf: ModelError,
    message:
      'the model has 3 outputs (a, b, label), 2 of which can be logits, and none is named so; name one with --model-output (in an experiment, "output")',
  });
  t.is(logitsOf(withOutput(model, 'a')), 'a');
  // Behind a closing Softmax lie the same logits.
  t.is(logitsOf(withOutput(model, 'b')), 'a');
  t.is(withOutput(model, undefined), model);
});

test('an output that the model does not have is refused with those that it has', (t) => {
  t.throws(() => withOutput(giving(output('a'), output('\u001b[1m')), 'c'), {
    instanceOf: ModelError,
    message: 'the model has no output c; its outputs are a, "\\u001b[1m"',
  });
});

test('labels and probabilities as scikit-learn’s exporters name them score as the logits', async (t) => {
  const read = async (name: string) =>
    decodeModel(await readFile(new URL(`../../../test/models/${name}.onnx`, import.meta.url)));
  const model = await read('label_probabilities');
  t.deepEqual(
    encodeModel(compileOneShot(model)),
    encodeModel(compileOneShot(withOutput(model, 'probabilities'))),
  );
});

test('an output that is listed twice is one', (t) => {
  t.is(logitsOf(giving(output('a'), output('a'))), 'a');
});
