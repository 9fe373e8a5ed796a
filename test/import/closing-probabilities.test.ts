import test from 'ava';
import { ModelError } from '../../stages/errors.js';
import { compileOneShot } from '../../stages/scoring/compile-passes.js';
import { floats, integers, modelOf, node, type WrittenNode } from '../operations/graph.js';

/** Two linear classifiers, `h` and `g`, of images [3, 4, 4], and what follows. */
const closedBy = (nodes: readonly WrittenNode[], opset = 17) =>
  modelOf({
    nodes: [
      node('Flatten', ['image'], {}, ['flat']),
      node('MatMul', ['flat', 'W'], {}, ['h']),
      node('MatMul', ['flat', 'V'], {}, ['g']),
      ...nodes,
    ],
    initializers: {
      W: floats([48, 5]),
      V: floats([48, 5]),
      column: floats([48, 1]),
      hundred: floats([], [100]),
      below: floats([], [-2]),
      'head.scale': floats([1], [2]),
      half: floats([], [0.5]),
      one: floats([], [1]),
      zero: floats([], [0]),
      three: floats([], [3]),
      six: floats([], [6]),
      sixth: floats([], [1 / 6]),
      small: floats([], [1e-7]),
      weights: floats([5], [0.5, 1, 2, 1, 1]),
      classes: integers([4, 3, 2, 1, 0]),
      axis: integers([1]),
      place: integers([3], []),
      last: integers([2]),
      start: integers([0]),
      end: integers([4]),
      square: floats([5, 5]),
      rows: integers([0, 3, 16]),
      wide: floats([16, 6]),
    },
    image: [3, 4, 4],
    opset,
  });

const several =
  'export the model with logits, one for each class, as output in its place, of one member where it has several';
const softmax = node('Softmax', ['h'], {}, ['p']);
const sigmoid = node('Sigmoid', ['h'], {}, ['p']);
/** Numbers of three classes at six places, `t` [N, 3, 6]. */
const places = [node('Reshape', ['image', 'rows'], {}, ['r']), node('MatMul', ['r', 'wide'], {}, ['t'])];
const over = (...axes: readonly number[]) => ({ axes: { ints: axes }, keepdims: { int: 0 } });
const exponentials = [
  node('ReduceMax', ['h'], { axes: { ints: [1] } }, ['largest']),
  node('Sub', ['h', 'largest'], {}, ['below']),
  node('Exp', ['below'], {}, ['e']),
  node('ReduceSum', ['e', 'axis'], {}, ['sum']),
];

for (const [what, type, nodes, reads] of [
  ['times a number below zero', 'Softmax', [softmax, node('Mul', ['p', 'below'], {}, ['logits'])], 'h'],
  [
    'times a number with the name of a parameter',
    'Softmax',
    [softmax, node('Mul', ['p', 'head.scale'], {}, ['logits'])],
    'h',
  ],
  ['weighed by class', 'Softmax', [softmax, node('Mul', ['weights', 'p'], {}, ['logits'])], 'h'],
  ['taken from one', 'Softmax', [softmax, node('Sub', ['one', 'p'], {}, ['logits'])], 'h'],
  ['clipped', 'Softmax', [softmax, node('Clip', ['p', 'small', 'one'], {}, ['logits'])], 'h'],
  [
    'in another order',
    'Softmax',
    [softmax, node('Gather', ['p', 'classes'], { axis: { int: 1 } }, ['logits'])],
    'h',
  ],
  [
    'of some classes',
    'Softmax',
    [softmax, node('Slice', ['p', 'start', 'end', 'axis'], {}, ['logits'])],
    'h',
  ],
  [
    'of two networks',
    'Softmax',
    [
      softmax,
      node('Softmax', ['g'], {}, ['q']),
      node('Add', ['p', 'q'], {}, ['both']),
      node('Mul', ['both', 'half'], {}, ['logits']),
    ],
    several,
  ],
  [
    'that gates mix',
    'Sigmoid',
    [node('Sigmoid', ['g'], {}, ['gate']), softmax, node('Mul', ['gate', 'p'], {}, ['logits'])],
    several,
  ],
  ['of several nodes', 'Div', [...exponentials, node('Div', ['e', 'sum'], {}, ['logits'])], 'h'],
  [
    'of several nodes, by a reciprocal',
    'Mul',
    [...exponentials, node('Reciprocal', ['sum'], {}, ['r']), node('Mul', ['r', 'e'], {}, ['logits'])],
    'h',
  ],
  ['of each class in per cent', 'Sigmoid', [sigmoid, node('Mul', ['p', 'hundred'], {}, ['logits'])], 'h'],
  ['of each class, clipped', 'Sigmoid', [sigmoid, node('Clip', ['p', 'zero', 'one'], {}, ['logits'])], 'h'],
  [
    'of each class, the largest of two',
    'Sigmoid',
    [sigmoid, node('Sigmoid', ['g'], {}, ['q']), node('Max', ['p', 'q'], {}, ['logits'])],
    several,
  ],
  [
    'of each class between Transposes',
    'Sigmoid',
    [
      node('Transpose', ['h'], {}, ['t']),
      node('Sigmoid', ['t'], {}, ['p']),
      node('Transpose', ['p'], {}, ['logits']),
    ],
    't',
  ],
  [
    'of one number, beside what they lack of one',
    'Sigmoid',
    [
      node('MatMul', ['flat', 'column'], {}, ['z']),
      node('Sigmoid', ['z'], {}, ['p']),
      node('Sub', ['one', 'p'], {}, ['q']),
      node('Concat', ['q', 'p'], { axis: { int: 1 } }, ['logits']),
    ],
    'z is one number: where there are two classes, export the model with their logits, .0, z., as output in its place, as by .*',
  ],
  [
    'of places, of which one is picked',
    'Softmax',
    [
      ...places,
      node('Softmax', ['t'], { axis: { int: 2 } }, ['p']),
      node('Gather', ['p', 'place'], { axis: { int: 2 } }, ['logits']),
    ],
    'export the model with logits, one for each class, as output in its place; t need not be that',
  ],
  [
    'between thresholds',
    'Sigmoid',
    [
      sigmoid,
      node('Slice', ['p', 'start', 'end', 'axis'], {}, ['q']),
      node('Concat', ['q', 'p'], { axis: { int: 1 } }, ['logits']),
    ],
    'export the model with logits, one for each class, as output in its place; h need not be that',
  ],
  [
    'that are shares of evidence',
    'Div',
    [
      node('Softplus', ['h'], {}, ['e']),
      node('Add', ['e', 'one'], {}, ['a']),
      node('ReduceSum', ['a', 'axis'], {}, ['sum']),
      node('Div', ['a', 'sum'], {}, ['logits']),
    ],
    'export the model with the logarithms of a as output in its place',
  ],
  [
    'of classes, averaged over places',
    'Softmax',
    [
      ...places,
      node('Softmax', ['t'], { axis: { int: 1 } }, ['p']),
      node('ReduceMean', ['p'], over(-1), ['logits']),
    ],
    several.replace(', of one member where it has several', '; t need not be that'),
  ],
  [
    'that are shares of evidence at each place, of which the largest count',
    'Div',
    [
      ...places,
      node('Softplus', ['t'], {}, ['a']),
      node('ReduceSum', ['a', 'axis'], {}, ['sum']),
      node('Div', ['a', 'sum'], {}, ['p']),
      node('ReduceMax', ['p'], over(2), ['logits']),
    ],
    several.replace(', of one member where it has several', '; a need not be that'),
  ],
  ['of a hard sigmoid', 'HardSigmoid', [node('HardSigmoid', ['h'], {}, ['logits'])], 'h'],
  [
    'of a hard sigmoid of several nodes',
    'Clip',
    [
      node('Add', ['h', 'three'], {}, ['a']),
      node('Clip', ['a', 'zero', 'six'], {}, ['b']),
      node('Mul', ['b', 'sixth'], {}, ['logits']),
    ],
    'a',
  ],
  [
    'of a hyperbolic tangent from zero up',
    'Tanh',
    [
      node('Tanh', ['h'], {}, ['a']),
      node('Mul', ['a', 'half'], {}, ['b']),
      node('Add', ['half', 'b'], {}, ['logits']),
    ],
    'h',
  ],
  [
    'of a sigmoid of several nodes',
    'Reciprocal',
    [
      node('Neg', ['h'], {}, ['a']),
      node('Exp', ['a'], {}, ['b']),
      node('Add', ['b', 'one'], {}, ['c']),
      node('Reciprocal', ['c'], {}, ['logits']),
    ],
    'h',
  ],
  ['that a number is divided by', 'Softmax', [softmax, node('Div', ['hundred', 'p'], {}, ['logits'])], 'h'],
  ['in a reciprocal', 'Softmax', [softmax, node('Reciprocal', ['p'], {}, ['logits'])], 'h'],
  ['to a power', 'Softmax', [softmax, node('Pow', ['p', 'half'], {}, ['logits'])], 'h'],
  ['in exponentials', 'Softmax', [softmax, node('Exp', ['p'], {}, ['logits'])], 'h'],
  [
    'in logarithms of more than them',
    'Softmax',
    [softmax, node('Add', ['p', 'one'], {}, ['more']), node('Log', ['more'], {}, ['logits'])],
    'h',
  ],
  [
    'in negative logarithms',
    'Softmax',
    [softmax, node('Log', ['p'], {}, ['l']), node('Neg', ['l'], {}, ['logits'])],
    'h',
  ],
  [
    'times their logarithms',
    'Softmax',
    [softmax, node('Log', ['p'], {}, ['l']), node('Mul', ['p', 'l'], {}, ['logits'])],
    'h',
  ],
  [
    'over what they lack of one',
    'Softmax',
    [softmax, node('Sub', ['one', 'p'], {}, ['rest']), node('Div', ['p', 'rest'], {}, ['logits'])],
    'h',
  ],
  [
    'in log-odds',
    'Softmax',
    [
      softmax,
      node('Sub', ['one', 'p'], {}, ['rest']),
      node('Log', ['rest'], {}, ['m']),
      node('Log', ['p'], {}, ['l']),
      node('Sub', ['l', 'm'], {}, ['logits']),
    ],
    'h',
  ],
  [
    'where they are large enough',
    'Softmax',
    [
      softmax,
      node('Greater', ['p', 'half'], {}, ['isLarge']),
      node('Shape', ['p'], {}, ['shape']),
      node('ConstantOfShape', ['shape'], {}, ['none']),
      node('Where', ['isLarge', 'p', 'none'], {}, ['logits']),
    ],
    'h',
  ],
  ['of each class, in logarithms', 'Sigmoid', [sigmoid, node('Log', ['p'], {}, ['logits'])], 'h'],
] as const)
  test(`probabilities ${what} as output are refused, and what they are made of is named`, (t) => {
    const message = new RegExp(
      `^operation ${type}, node [^ ]+: [^\\n]+; (if they do, )?(${reads.includes(' ') ? reads : `export the model with ${reads} as output in its place`})$`,
    );
    t.throws(() => compileOneShot(closedBy(nodes)), { instanceOf: ModelError, message });
  });

for (const [what, nodes] of [
  ['features weighed by a gate', [sigmoid, node('Mul', ['g', 'p'], {}, ['logits'])]],
  ['their own gate (a swish)', [sigmoid, node('Mul', ['h', 'p'], {}, ['logits'])]],
  ['a product with weights of attention', [softmax, node('MatMul', ['p', 'square'], {}, ['logits'])]],
  ['a sum with a shortcut', [softmax, node('Add', ['p', 'g'], {}, ['logits'])]],
  ['a mean of logits', [node('Mean', ['h', 'g'], {}, ['logits'])]],
  ['logarithms of probabilities', [softmax, node('Log', ['p'], {}, ['logits'])]],
  [
    'logarithms of probabilities that are guarded from 0, less a prior',
    [
      softmax,
      node('Add', ['p', 'small'], {}, ['guarded']),
      node('Clip', ['guarded', 'small', 'one'], {}, ['clipped']),
      node('Log', ['clipped'], {}, ['l']),
      node('Sub', ['l', 'weights'], {}, ['logits']),
    ],
  ],
  [
    'logarithms of a mean of probabilities, less their own mean',
    [
      softmax,
      node('Softmax', ['g'], {}, ['q']),
      node('Mean', ['p', 'q'], {}, ['both']),
      node('Log', ['both'], {}, ['l']),
      node('ReduceMean', ['l'], { axes: { ints: [1] } }, ['level']),
      node('Sub', ['l', 'level'], {}, ['logits']),
    ],
  ],
  [
    'distances of gates from prototypes',
    [
      sigmoid,
      node('Unsqueeze', ['p', 'axis'], {}, ['features']),
      node('Sub', ['features', 'square'], {}, ['apart']),
      node('Mul', ['apart', 'apart'], {}, ['squares']),
      node('ReduceSum', ['squares', 'last'], { keepdims: { int: 0 } }, ['distance']),
      node('Neg', ['distance'], {}, ['logits']),
    ],
  ],
  [
    'bounded by a hyperbolic tangent',
    [node('Tanh', ['h'], {}, ['a']), node('Mul', ['a', 'three'], {}, ['logits'])],
  ],
  ['clipped', [node('Clip', ['h', 'zero', 'six'], {}, ['logits'])]],
  [
    'the largest of the shares that places have of each class',
    [
      ...places,
      node('Softmax', ['t'], { axis: { int: -1 } }, ['p']),
      node('ReduceMax', ['p'], over(-1), ['logits']),
    ],
  ],
  [
    'the largest of such shares, moved',
    [
      ...places,
      node('Softmax', ['t'], { axis: { int: -1 } }, ['p']),
      node('Transpose', ['p'], { perm: { ints: [2, 0, 1] } }, ['m']),
      node('ReduceMax', ['m'], over(0), ['logits']),
    ],
  ],
  [
    'the largest of the shares that places have of positive numbers',
    [
      ...places,
      node('Softplus', ['t'], {}, ['a']),
      node('ReduceSum', ['a', 'last'], {}, ['sum']),
      node('Div', ['a', 'sum'], {}, ['p']),
      node('ReduceMax', ['p'], over(2), ['logits']),
    ],
  ],
  [
    'over their own length',
    [
      node('ReduceL2', ['h'], { axes: { ints: [1] } }, ['length']),
      node('Div', ['h', 'length'], {}, ['logits']),
    ],
  ],
] as const)
  test(`logits that are ${what} are scored`, (t) => {
    t.notThrows(() => compileOneShot(closedBy(nodes)));
  });

test('probabilities behind maxima that read the same twice are refused, each node being looked at once', (t) => {
  const doubled = Array.from({ length: 200 }, (_, at) =>
    node('Max', [`m${at}`, `m${at}`], {}, [`m${at + 1}`]),
  );
  t.throws(
    () =>
      compileOneShot(
        closedBy([
          node('Sigmoid', ['h'], {}, ['m0']),
          ...doubled,
          node('Identity', ['m200'], {}, ['logits']),
        ]),
      ),
    { instanceOf: ModelError, message: /^operation Sigmoid, node [^ ]+: it closes the network/ },
  );
});
