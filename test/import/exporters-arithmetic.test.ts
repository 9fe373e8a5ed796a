import test from 'ava';
import { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import { encodeModel } from '../../stages/onnx/encode.js';
import type { Model } from '../../stages/onnx/model.js';
import { compileForward } from '../../stages/scoring/compile-passes.js';
import { around, floats, integers, node, type WrittenNode } from '../operations/graph.js';
import { refuses } from '../operations/refusal.js';

/** One size of x, [N, 4, 4, 4]. */
const size = (axis: string, output: string): WrittenNode[] => [
  node('Shape', ['x'], {}, [`${output}:shape`]),
  node('Gather', [`${output}:shape`, axis], {}, [output]),
];
const scalar = (value: number) => integers([value], []);
const unsqueezed = (from: string, to: string): WrittenNode => node('Unsqueeze', [from, 'first'], {}, [to]);
const common = {
  zero: scalar(0),
  one: scalar(1),
  two: scalar(2),
  first: integers([0]),
  last: integers([-1]),
};

const graphs: Readonly<Record<string, Model>> = {
  'a shuffle of channels in groups': around(
    [
      ...size('zero', 'n'),
      ...size('one', 'c'),
      node('Div', ['c', 'two'], {}, ['quotient']),
      node('Cast', ['quotient'], { to: { int: 7 } }, ['each']),
      node('Mul', ['each', 'two'], {}, ['all']),
      node('Sub', ['all', 'two'], {}, ['less']),
      node('Add', ['less', 'two'], {}, ['again']),
      ...['n', 'two', 'each', 'again'].map((name) => unsqueezed(name, `${name}1`)),
      node('Concat', ['n1', 'two1', 'each1', 'last'], { axis: { int: 0 } }, ['apart']),
      node('Concat', ['n1', 'again1', 'last'], { axis: { int: 0 } }, ['together']),
      node('Reshape', ['x', 'apart'], {}, ['u']),
      node('Transpose', ['u'], { perm: { ints: [0, 2, 1, 3] } }, ['v']),
      node('Reshape', ['v', 'together']),
    ],
    common,
  ),
  'the shape that Expand takes, with −1 for what stays': around(
    [
      ...size('zero', 'n'),
      unsqueezed('n', 'n1'),
      node('Concat', ['n1', 'last', 'last', 'last'], { axis: { int: 0 } }, ['asked']),
      node('Shape', ['asked'], {}, ['rank']),
      node('ConstantOfShape', ['rank'], { value: { tensor: integers([1]) } }, ['ones']),
      node('Mul', ['ones', 'minus'], {}, ['stays']),
      node('Equal', ['asked', 'stays'], {}, ['same']),
      node('Where', ['same', 'ones', 'asked'], {}, ['sizes']),
      node('Expand', ['token', 'sizes'], {}, ['tokens']),
      node('Concat', ['tokens', 'x'], { axis: { int: 1 } }),
    ],
    { ...common, minus: scalar(-1), token: floats([1, 1, 4, 4]) },
  ),
  'the padding that keeps a size at a stride, in floating-point numbers': around(
    [
      ...size('two', 'h'),
      node('Cast', ['h'], { to: { int: 1 } }, ['height']),
      node('Cast', ['three'], { to: { int: 1 } }, ['stride']),
      node('Div', ['height', 'stride'], {}, ['quotient']),
      node('Ceil', ['quotient'], {}, ['steps']),
      node('Sub', ['steps', 'unit'], {}, ['moves']),
      node('Mul', ['moves', 'stride'], {}, ['reached']),
      node('Add', ['reached', 'kernel'], {}, ['wanted']),
      node('Sub', ['wanted', 'height'], {}, ['missing']),
      node('Cast', ['zero'], { to: { int: 1 } }, ['none']),
      node('Clip', ['missing', 'none', ''], {}, ['both']),
      node('Div', ['both', 'kernel'], {}, ['half']),
      node('Cast', ['half'], { to: { int: 7 } }, ['before']),
      node('Cast', ['before'], { to: { int: 1 } }, ['float before']),
      node('Sub', ['both', 'float before'], {}, ['float after']),
      ...['float before', 'float after'].map((name) => unsqueezed(name, `${name}1`)),
      node('Concat', ['float before1', 'float after1'], { axis: { int: 0 } }, ['float sides']),
      node('Cast', ['float sides'], { to: { int: 7 } }, ['sides']),
      node('Concat', ['no pads', 'sides', 'no pads', 'sides'], { axis: { int: 0 } }, ['crossed']),
      node('Gather', ['crossed', 'in order'], {}, ['pads']),
      node('Pad', ['x', 'pads']),
    ],
    {
      ...common,
      three: scalar(3),
      unit: floats([], [1]),
      kernel: floats([], [2]),
      'no pads': integers([0, 0]),
      // Begins of all axes, then ends.
      'in order': integers([0, 1, 2, 2, 4, 5, 3, 3]),
    },
  ),
  'the variance of rows, over a number of elements that is a product of sizes': around(
    [
      node('Shape', ['x'], {}, ['all']),
      node('Gather', ['all', 'inner axes'], {}, ['sizes']),
      node('ReduceProd', ['sizes'], { keepdims: { int: 0 } }, ['count']),
      node('Cast', ['count'], { to: { int: 1 } }, ['elements']),
      node('Mul', ['x', 'elements'], {}, ['scaled']),
      node('Sub', ['elements', 'unit'], {}, ['fewer']),
      node('Div', ['scaled', 'fewer']),
    ],
    { ...common, 'inner axes': integers([2, 3]), unit: floats([], [1]) },
  ),
  'the places that windows read, of lists that are added to each other': around(
    [
      node('Range', ['zero', 'three', 'one'], {}, ['begins']),
      node('Range', ['zero', 'two', 'one'], {}, ['steps']),
      node('Unsqueeze', ['begins', 'last'], {}, ['column']),
      node('Unsqueeze', ['steps', 'first'], {}, ['row']),
      node('Add', ['column', 'row'], {}, ['places']),
      node('Gather', ['x', 'places'], { axis: { int: 2 } }),
    ],
    { ...common, three: scalar(3) },
  ),
  'rows of one and zeros, of places that the code holds': around(
    [
      node('OneHot', ['places', 'four', 'values'], { axis: { int: 0 } }, ['rows']),
      node('Mul', ['x', 'rows']),
    ],
    { places: integers([1, -1, 3, 7]), four: integers([4]), values: floats([2], [0.25, 2]) },
  ),
  'the scale of attention, by the root of a size': around(
    [
      ...size('one', 'c'),
      node('Cast', ['c'], { to: { int: 1 } }, ['number']),
      node('Sqrt', ['number'], {}, ['root']),
      node('Div', ['unit', 'root'], {}, ['scale']),
      node('Mul', ['x', 'scale']),
    ],
    { ...common, unit: floats([], [1]) },
  ),
};

for (const [what, model] of Object.entries(graphs))
  test(`exporters' arithmetic of sizes is followed: ${what}`, async (t) => {
    const [ours, theirs] = [await logits(compileForward(model)), await logits(model)];
    t.deepEqual(ours, theirs);
    t.true(theirs.some((value) => value !== 0));
  });

refuses(
  'size arithmetic: a batch size that is multiplied in the output',
  around(
    [
      ...size('zero', 'n'),
      node('Mul', ['n', 'two'], {}, ['heads']),
      unsqueezed('heads', 'heads1'),
      node('Concat', ['heads1', 'last'], { axis: { int: 0 } }, ['s']),
      node('Reshape', ['x', 's']),
    ],
    common,
  ),
  'the output has shape [2N, 32], expected logits [N, classes]',
);

refuses(
  'size arithmetic: a division by zero',
  around(
    [
      ...size('one', 'c'),
      node('Div', ['c', 'zero'], {}, ['q']),
      unsqueezed('q', 's'),
      node('Reshape', ['x', 's']),
    ],
    common,
  ),
  'operation Div, node node3: 4 and 0 give no whole number',
);

async function logits(model: Model): Promise<number[]> {
  const session = await InferenceSession.create(encodeModel(model), { intraOpNumThreads: 1 });
  const image = Float32Array.from({ length: 2 * 48 }, (_, at) => Math.sin(at));
  const outputs = await session.run({ image: new OrtTensor('float32', image, [2, 3, 4, 4]) });
  return Array.from(outputs.logits?.data as Float32Array);
}
