import { around, booleans, floats, integers, modelOf, node } from './graph.js';
import { refuses } from './refusal.js';

const kernels = { w: floats([2, 4, 1, 1]) };

for (const [what, attributes, message] of [
  ['a dilation of 0', { dilations: { ints: [0, 1] } }, 'dilations is [0, 1], expected positive sizes'],
  [
    'a dilation without end',
    { dilations: { ints: [2 ** 53, 1] } },
    'dilations is [9007199254740992, 1], expected positive sizes',
  ],
  ['a negative stride', { strides: { ints: [-1, 1] } }, 'strides is [-1, 1], expected positive sizes'],
  [
    'a negative pad',
    { pads: { ints: [0, 0, 0, -1] } },
    'pads is [0, 0, 0, -1], expected sizes that are not negative',
  ],
  [
    'a pad without end',
    { pads: { ints: [0, 0, 2 ** 40, 0] } },
    'pads is [0, 0, 1099511627776, 0], expected sizes that are not negative',
  ],
  [
    'a padding that no memory holds',
    { pads: { ints: [0, 0, 2 ** 30, 2 ** 30] } },
    "a value of shape [N, 2, 1073741828, 1073741828] can't be computed: expected positive sizes, and 1073741824 elements an image at most",
  ],
  [
    'a kernel_shape that is not the kernels’',
    { kernel_shape: { ints: [3, 3] } },
    'kernel_shape is [3, 3], but the kernels are of shape [1, 1]',
  ],
  ['no group', { group: { int: 0 } }, 'group is 0, expected a positive number'],
  ['a negative group', { group: { int: -4 } }, 'group is -4, expected a positive number'],
  [
    'groups that don’t divide the kernels',
    { group: { int: 3 } },
    'input has 4 channels, the kernels expect 12',
  ],
  [
    'pads beside an auto_pad',
    { auto_pad: { string: 'SAME_UPPER' }, pads: { ints: [1, 1, 1, 1] } },
    'pads is [1, 1, 1, 1] although auto_pad is SAME_UPPER; only one can say it',
  ],
  [
    'an auto_pad that can’t be shown',
    { auto_pad: { string: 'S\u001b[1m' } },
    'auto_pad is "S\\u001b[1m", expected NOTSET, VALID, SAME_UPPER or SAME_LOWER',
  ],
] as const)
  refuses(
    `conv: ${what}`,
    around([node('Conv', ['x', 'w'], attributes)], kernels),
    `operation Conv, node node1: ${message}`,
  );

refuses(
  'conv: kernels of three axes',
  around([node('Conv', ['x', 'w'])], { w: floats([2, 4, 1]) }),
  'operation Conv, node node1: the kernels have shape [2, 4, 1], expected [O, C/group, kh, kw]',
);

refuses(
  'conv: kernels of nothing',
  around([node('Conv', ['x', 'w'])], { w: floats([0, 4, 1, 1]) }),
  'operation Conv, node node1: input 1 has shape [0, 4, 1, 1]: it holds nothing',
);

for (const type of ['MaxPool', 'AveragePool'] as const) {
  refuses(
    `${type}: a kernel of size 0`,
    around([node(type, ['x'], { kernel_shape: { ints: [0, 2] } })]),
    `operation ${type}, node node1: kernel_shape is [0, 2], expected positive sizes`,
  );
  refuses(
    `${type}: no kernel`,
    around([node(type, ['x'])]),
    `operation ${type}, node node1: kernel_shape is [], expected two sizes`,
  );
  refuses(
    `${type}: two inputs`,
    around([node(type, ['x', 'x'], { kernel_shape: { ints: [2, 2] } })]),
    `operation ${type}, node node1: has 2 inputs, expected 1 at most`,
  );
}

refuses(
  'MaxPool: windows of padding alone',
  around([node('MaxPool', ['x'], { kernel_shape: { ints: [2, 2] }, pads: { ints: [2, 2, 2, 2] } })]),
  "operation MaxPool, node node1: pads is [2, 2, 2, 2], expected less than the window's 2 pixels",
);

const statistics = { g: floats([4]), b: floats([4]), m: floats([4]), v: floats([4], [1, 2, 3, 4]) };
const normalization = ['x', 'g', 'b', 'm', 'v'];
refuses(
  'batch normalisation: a negative epsilon',
  around(
    [
      node('Relu', ['x'], {}, ['r']),
      node('BatchNormalization', ['r', 'g', 'b', 'm', 'v'], { epsilon: { float: -1 } }),
    ],
    statistics,
  ),
  'operation BatchNormalization, node node2: epsilon is -1, expected a number that is not negative',
);
refuses(
  'batch normalisation: an epsilon that is no number',
  around([node('BatchNormalization', normalization, { epsilon: { float: Number.NaN } })], statistics),
  'operation Conv + BatchNormalization, node node0 + node1: attribute epsilon is NaN, expected a finite number',
);
refuses(
  'batch normalisation: an infinite epsilon, behind a convolution that it alone reads',
  around(
    [
      node('Conv', ['x', 'w'], {}, ['c']),
      node('BatchNormalization', ['c', 'g', 'b', 'm', 'v'], { epsilon: { float: Number.POSITIVE_INFINITY } }),
    ],
    {
      ...statistics,
      w: floats([4, 4, 1, 1]),
    },
  ),
  'operation Conv + BatchNormalization, node node1 + node2: attribute epsilon is Infinity, expected a finite number',
);
refuses(
  'batch normalisation: a missing variance',
  around([node('Relu', ['x'], {}, ['r']), node('BatchNormalization', ['r', 'g', 'b', 'm'])], statistics),
  'operation BatchNormalization, node node2: input 4 is missing',
);

const matrix = { f: integers([0, 64]), w: floats([64, 3]) };
const flattened = node('Reshape', ['x', 'f'], {}, ['flat']);
refuses(
  'gemm: an alpha that is no number',
  around([flattened, node('Gemm', ['flat', 'w'], { alpha: { float: Number.NaN } })], matrix),
  'operation Gemm, node node2: attribute alpha is NaN, expected a finite number',
);
refuses(
  'gemm: a weight of three axes',
  around([flattened, node('Gemm', ['flat', 'w'])], { ...matrix, w: floats([64, 3, 2]) }),
  'operation Gemm, node node2: the constant has 3 axes, only matrices are supported',
);
refuses(
  'gemm: four inputs',
  around([flattened, node('Gemm', ['flat', 'w', 'b', 'b'])], { ...matrix, b: floats([3]) }),
  'operation Gemm, node node2: has 4 inputs, expected 3 at most',
);

for (const [what, bound, message] of [
  ['of two numbers', floats([2], [0, 1]), 'input 1 has shape [2] and holds 0, 1, expected one number'],
  ['that is no number', floats([], [Number.NaN]), 'input 1 has shape [] and holds NaN, expected one number'],
  ['of nothing', floats([0]), 'input 1 has shape [0]: it holds nothing'],
] as const)
  refuses(
    `clip: a bound ${what}`,
    around([node('Clip', ['x', 'low'])], { low: bound }),
    `operation Clip, node node1: ${message}`,
  );

refuses(
  'concat: an axis that does not exist',
  around([node('Concat', ['x', 'x'], { axis: { int: 4 } })]),
  'operation Concat, node node1: axis 4 does not exist at rank 4, expected -4 to 3',
);
refuses(
  'concat: the batch axis',
  around([node('Concat', ['x', 'x'], { axis: { int: 0 } })]),
  "operation Concat, node node1: axis 0 of [N, 4, 4, 4] is the batch's, which it makes longer, as for several views of an image; export the model for one image at a time: with a batch of 1, without dynamic_axes",
);
refuses(
  'concat: no axis',
  around([node('Concat', ['x', 'x'])]),
  'operation Concat, node node1: attribute axis is missing',
);
refuses('concat: nothing', around([node('Concat', [])]), 'operation Concat, node node1: input 0 is missing');

for (const type of ['Add', 'Mul'] as const) {
  refuses(
    `${type}: shapes that don’t broadcast`,
    around([node(type, ['x', 'c'])], { c: floats([3, 1, 1]) }),
    `operation ${type}, node node1: [N, 4, 4, 4] and [3, 1, 1] don't broadcast`,
  );
  refuses(
    `${type}: a constant of more axes`,
    around([node(type, ['x', 'c'])], { c: floats([2, 1, 1, 1, 1]) }),
    'the output has shape [2, 64N], expected logits [N, classes]',
  );
  refuses(
    `${type}: images that are crossed with each other`,
    around([flattened, node('Reshape', ['x', 's'], {}, ['column']), node(type, ['flat', 'column'])], {
      f: integers([0, 64]),
      s: integers([0, 1, 64]),
    }),
    `operation ${type}, node node3: [N, 64], [N, 1, 64] have the images along different axes: that would mix them with each other`,
  );
  refuses(
    `${type}: one input`,
    around([node(type, ['x'])]),
    `operation ${type}, node node1: input 1 is missing`,
  );
}

refuses(
  'space to depth: the batch behind the channels',
  around([
    node('Transpose', ['x'], { perm: { ints: [1, 0, 2, 3] } }, ['t']),
    node('SpaceToDepth', ['t'], { blocksize: { int: 2 } }),
  ]),
  'operation SpaceToDepth, node node2: input has shape [4, N, 4, 4]: only with the batch as first axis is it supported',
);

for (const [what, inputs, message] of [
  [
    'a size without end',
    { p: integers([0, 0, 0, 0, 0, 0, 2 ** 40, 0]) },
    "a value of shape [N, 4, 1099511627780, 4] can't be computed: expected positive sizes, and 1073741824 elements an image at most",
  ],
  [
    'a cut beyond the image that the other end makes up for',
    { p: integers([0, 0, -5, 0, 0, 0, 9, 0]) },
    'pads [0, 0, -5, 0, 0, 0, 9, 0] leave nothing of axis 2, which has 4 elements',
  ],
  [
    'padding that is no number',
    { p: integers([0, 0, 1, 0, 0, 0, 0, 0]), v: floats([], [Number.NaN]) },
    'the number that it pads with is NaN',
  ],
  [
    'an axis named twice',
    { p: integers([0, 0, 1, 0]), v: floats([], [0]), a: integers([2, -2]) },
    'axes [2, 2] name an axis twice',
  ],
] as const)
  refuses(
    `pad: ${what}`,
    around([node('Pad', ['x', ...Object.keys(inputs)])], inputs, { opset: 18 }),
    `operation Pad, node node1: ${message}`,
  );

refuses(
  'pad: sizes that hold the batch',
  around([
    node('Shape', ['x'], {}, ['s']),
    node('Concat', ['s', 's'], { axis: { int: 0 } }, ['p']),
    node('Pad', ['x', 'p']),
  ]),
  'operation Pad, node node3: pads are [N, 4, 4, 4, N, 4, 4, 4], expected whole numbers',
);

for (const [what, target, message] of [
  [
    'two open sizes',
    [-1, -1, 4, 4],
    'reshape [N, 4, 4, 4] → [-1, -1, 4, 4] is not possible: expected sizes, of which one may be −1',
  ],
  [
    'a negative size',
    [0, -2, 4, 4],
    'reshape [N, 4, 4, 4] → [0, -2, 4, 4] is not possible: expected sizes, of which one may be −1',
  ],
  [
    'a size without end',
    [0, 2 ** 60],
    'reshape [N, 4, 4, 4] → [0, 1152921504606847000] is not possible: expected sizes, of which one may be −1',
  ],
  ['another number of elements', [0, 65], "[N, 4, 4, 4] can't be reshaped to [N, 65]"],
] as const)
  refuses(
    `reshape: ${what}`,
    around([node('Reshape', ['x', 's'])], { s: integers(target) }),
    `operation Reshape, node node1: ${message}`,
  );

refuses(
  'flatten: an axis that does not exist',
  around([node('Flatten', ['x'], { axis: { int: 7 } })]),
  'operation Flatten, node node1: axis 7 does not exist at rank 4, expected -4 to 3',
);

refuses(
  'dropout: three outputs',
  around([node('Dropout', ['x', '', 'm'], {}, ['y', 'mask', 'more'])], { m: booleans(false) }),
  'operation Dropout, node node1: has 3 outputs, expected 2 at most',
);

refuses(
  'max pool: kernels to unfold a window of half a large image with',
  modelOf({
    nodes: [
      node('MaxPool', ['image'], { kernel_shape: { ints: [500, 500] } }, ['p']),
      node('GlobalAveragePool', ['p'], {}, ['q']),
      node('Flatten', ['q'], {}, ['logits']),
    ],
    initializers: {},
    image: [3, 1000, 1000],
  }),
  'operation MaxPool, node node0: a constant of 187500000000 elements is needed, with which the constants of the compiled graph take more than 536870912 bytes',
);
