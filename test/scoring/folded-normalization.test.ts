import { readdir, readFile } from 'node:fs/promises';
import test from 'ava';
import { decodeModel } from '../../stages/onnx/decode.js';
import { describeModel, notesOn } from '../../stages/scoring/describe-model.js';
import { floats, modelOf, node } from '../operations/graph.js';

const golden = new URL('../../../test/golden/', import.meta.url);

/** Three 1×1 convolutions in a row, then the mean of each channel. */
function convolutions(...biases: readonly (string | null)[]) {
  const nodes = biases.map((bias, index) =>
    node('Conv', [index === 0 ? 'image' : `c${index}`, 'w', ...(bias === null ? [] : [bias])], {}, [
      `c${index + 1}`,
    ]),
  );
  return modelOf({
    nodes: [
      ...nodes,
      node('GlobalAveragePool', [`c${nodes.length}`], {}, ['p']),
      node('Flatten', ['p'], {}, ['logits']),
    ],
    initializers: {
      w: floats([3, 3, 1, 1]),
      ...Object.fromEntries(biases.flatMap((bias) => (bias === null ? [] : [[bias, floats([3])]]))),
    },
    image: [3, 4, 4],
  });
}

test('a detector that reads no gradient by parameters is told nothing of folding', (t) => {
  const model = convolutions('onnx::Conv_1', 'onnx::Conv_2', 'onnx::Conv_3');
  t.is(notesOn(model).length, 1);
  t.deepEqual(notesOn(model, false), []);
});

test('of every golden network in both forms, folding is pointed out where it was done', async (t) => {
  const files = (await readdir(golden)).filter((file) => file.endsWith('.onnx'));
  t.true(files.length > 20);
  for (const file of files) {
    const model = decodeModel(await readFile(new URL(file, golden)));
    const { notes } = describeModel(model);
    const isFolded = model.graph.nodes.some(({ inputs }) => inputs.some((name) => /^onnx::Conv_/.test(name)));
    t.is(
      notes.some((note) => note.startsWith('BatchNormalization seems to have been folded into')),
      isFolded,
      file,
    );
    if (/^(residual|bottleneck|wide|grouped)\.onnx$/.test(file)) t.deepEqual(notes, [], file);
    if (/^(residual|bottleneck|grouped)-folded\.onnx$/.test(file)) t.is(notes.length, 1, file);
  }
});

test('names that the exporter gives to folded biases say what is folded, and how much', (t) => {
  const { notes } = describeModel(convolutions('onnx::Conv_12', null, 'onnx::Conv_15'));
  t.is(notes.length, 1);
  t.regex(
    notes[0] ?? '',
    /^BatchNormalization seems to have been folded into 2 of 3 convolutions \(their biases are named as onnx::Conv_12, .*export after model\.eval\(\) with training=torch\.onnx\.TrainingMode\.PRESERVE and do_constant_folding=False$/,
  );
});

test('of convolutions with biases under names of their own no more is said than is known', (t) => {
  const { notes } = describeModel(convolutions('features.0.bias', 'features.2.bias', 'features.4.bias'));
  t.is(notes.length, 1);
  t.regex(
    notes[0] ?? '',
    /^all 3 convolutions have biases and there is no BatchNormalization: if the network was trained with it, .*such as VGG-16, is as it should be$/,
  );
});

test('nothing is said of networks of few convolutions, or with convolutions without bias', (t) => {
  t.deepEqual(describeModel(convolutions('patch.bias')).notes, []);
  t.deepEqual(describeModel(convolutions(null, null, null)).notes, []);
  t.deepEqual(describeModel(convolutions('a.bias', 'b.bias', null)).notes, []);
});
