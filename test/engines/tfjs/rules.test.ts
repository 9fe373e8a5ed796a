import test from 'ava';
import { agrees, floats, integers, type SingleOperation } from './beside-onnxruntime.js';

const float = (value: number) => ({ float: value });
const pixels = [2, 6, 9, 7] as const;

// The reference is ONNX Runtime's CPU provider, with the same float32 inputs.
const families: Readonly<Record<string, readonly SingleOperation[]>> = {
  'convolutions with odd pads, strides and dilations': [
    { type: 'Conv', inputs: [pixels, floats([4, 6, 3, 3]), floats([4])], attributes: { pads: [1, 1, 1, 1] } },
    {
      type: 'Conv',
      inputs: [pixels, floats([5, 6, 3, 2])],
      attributes: { pads: [0, 2, 3, 1], strides: [2, 3] },
    },
    {
      type: 'Conv',
      inputs: [pixels, floats([5, 6, 3, 3])],
      attributes: { pads: [2, 2, 2, 2], dilations: [2, 1] },
    },
    {
      type: 'Conv',
      inputs: [pixels, floats([5, 6, 2, 3])],
      attributes: { pads: [2, 1, 0, 2], dilations: [2, 3], strides: [2, 1] },
    },
    { type: 'Conv', inputs: [pixels, floats([4, 6, 1, 1])], attributes: { strides: [2, 2] } },
  ],
  'grouped and depthwise convolutions': [
    {
      type: 'Conv',
      inputs: [pixels, floats([9, 2, 3, 3]), floats([9])],
      attributes: { group: 3, pads: [1, 0, 1, 2], strides: [2, 1] },
    },
    {
      type: 'Conv',
      inputs: [pixels, floats([6, 1, 3, 3]), floats([6])],
      attributes: { group: 6, pads: [1, 0, 1, 2], strides: [2, 2] },
    },
    { type: 'Conv', inputs: [pixels, floats([54, 1, 3, 3])], attributes: { group: 6, pads: [1, 1, 1, 1] } },
    { type: 'Conv', inputs: [pixels, floats([12, 1, 3, 2])], attributes: { group: 6, dilations: [2, 3] } },
    { type: 'Conv', inputs: [pixels, floats([6, 1, 3, 3])], attributes: { group: 6, strides: [2, 1] } },
    {
      type: 'Conv',
      inputs: [pixels, floats([2, 3, 3, 3]), floats([2])],
      attributes: { group: 2, pads: [1, 0, 1, 2], strides: [2, 2] },
    },
    {
      type: 'Conv',
      inputs: [pixels, alike(3, [2, 2, 1, 1])],
      attributes: { group: 3, pads: [0, 1, 0, 0] },
    },
  ],
  'transposed convolutions': [
    {
      type: 'ConvTranspose',
      inputs: [pixels, floats([6, 4, 3, 3]), floats([4])],
      attributes: { pads: [1, 1, 1, 1] },
    },
    {
      type: 'ConvTranspose',
      inputs: [pixels, floats([6, 4, 3, 3])],
      attributes: { pads: [1, 1, 1, 1], strides: [2, 2], output_padding: [1, 0] },
    },
    {
      type: 'ConvTranspose',
      inputs: [pixels, floats([6, 2, 2, 3]), floats([6])],
      attributes: { group: 3, pads: [0, 2, 1, 0], strides: [3, 2], output_padding: [2, 1] },
    },
    {
      type: 'ConvTranspose',
      inputs: [pixels, floats([6, 4, 1, 1]), floats([4])],
      attributes: { strides: [2, 2] },
    },
    {
      type: 'ConvTranspose',
      inputs: [pixels, floats([6, 1, 3, 3])],
      attributes: { group: 6, dilations: [2, 1], strides: [2, 2], pads: [1, 2, 3, 0] },
    },
    {
      type: 'ConvTranspose',
      inputs: [pixels, floats([6, 3, 3, 3])],
      attributes: { dilations: [1, 2], pads: [2, 3, 1, 4] },
    },
  ],
  pools: [
    {
      type: 'MaxPool',
      inputs: [pixels],
      attributes: { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] },
    },
    {
      type: 'MaxPool',
      inputs: [pixels],
      attributes: { kernel_shape: [3, 2], strides: [1, 2], pads: [1, 0, 2, 1], dilations: [2, 1] },
    },
    {
      type: 'AveragePool',
      inputs: [pixels],
      attributes: { kernel_shape: [3, 3], strides: [2, 1], pads: [1, 0, 1, 2], count_include_pad: 1 },
    },
    {
      type: 'AveragePool',
      inputs: [pixels],
      attributes: { kernel_shape: [3, 3], strides: [2, 1], pads: [1, 0, 1, 2] },
    },
    { type: 'GlobalAveragePool', inputs: [pixels] },
    { type: 'GlobalAveragePool', inputs: [pixels], behindConvolution: true },
    { type: 'GlobalAveragePool', inputs: [[2, 6, 9]] },
  ],
  'arithmetic and its broadcasting': [
    ...['Add', 'Sub', 'Mul', 'Max', 'Min'].flatMap((type): SingleOperation[] => [
      { type, inputs: [pixels, pixels] },
      { type, inputs: [pixels, floats([6, 1, 1])], behindConvolution: true },
      { type, inputs: [pixels, [2, 6, 1, 1]], behindConvolution: true },
      { type, inputs: [floats([]), pixels], behindConvolution: true },
      { type, inputs: [[2, 1, 9, 1], pixels] },
    ]),
    { type: 'Div', inputs: [[3, 4], positive(4)] },
    { type: 'Sum', inputs: [[3, 4], [4], [3, 1]] },
    { type: 'Neg', inputs: [pixels] },
    { type: 'Exp', inputs: [pixels] },
    { type: 'Relu', inputs: [pixels], behindConvolution: true },
    { type: 'Identity', inputs: [pixels], behindConvolution: true },
    { type: 'Clip', inputs: [pixels, floats([], 2), null] },
    { type: 'Clip', inputs: [pixels, null, floats([], 2)] },
  ],
  'functions of single numbers': [
    ...['Abs', 'Atan', 'Elu', 'Erf', 'LeakyRelu', 'Sigmoid', 'Softplus', 'Tanh'].flatMap(
      (type): SingleOperation[] => [
        { type, inputs: [pixels] },
        { type, inputs: [pixels], behindConvolution: true },
      ],
    ),
    ...['Elu', 'LeakyRelu'].map(
      (type): SingleOperation => ({ type, inputs: [pixels], attributes: { alpha: float(0.3) } }),
    ),
    ...['Asin', 'Acos'].map((type): SingleOperation => ({ type, inputs: [floats([5], 0.75)] })),
    { type: 'Sqrt', inputs: [positive(5)] },
    { type: 'Floor', inputs: [positive(5)] },
    { type: 'Pow', inputs: [positive(5), floats([1], 3)] },
    { type: 'Pow', inputs: [positive(5), positive(1)] },
  ],
  'masks and signs': [
    { type: 'Sign', inputs: [pixels] },
    { type: 'HardSigmoid', inputs: [pixels], attributes: { alpha: float(1e30), beta: float(0) } },
    { type: 'HardSigmoid', inputs: [pixels], attributes: { alpha: float(-3e38), beta: float(1) } },
    { type: 'HardSigmoid', inputs: [pixels], attributes: { alpha: float(0.3), beta: float(0.4) } },
    { type: 'Equal', inputs: [[3, 4], floats([4], 1)], output: 'bool' },
    { type: 'Less', inputs: [[3, 4], floats([4], 3)], output: 'bool' },
  ],
  'reductions over any axes': [
    ...(['ReduceMax', 'ReduceMean', 'ReduceSumSquare'] as const).flatMap((type): SingleOperation[] => [
      { type, inputs: [pixels], attributes: { axes: [2, 3], keepdims: 0 }, behindConvolution: true },
      { type, inputs: [pixels], attributes: { axes: [-3], keepdims: 1 }, behindConvolution: true },
      { type, inputs: [pixels], attributes: { keepdims: 0 } },
    ]),
    {
      type: 'ReduceSum',
      inputs: [pixels, integers(1, 3)],
      attributes: { keepdims: 0 },
      behindConvolution: true,
    },
    {
      type: 'ReduceSum',
      inputs: [pixels, integers(0)],
      attributes: { keepdims: 1 },
      behindConvolution: true,
    },
    { type: 'ReduceSum', inputs: [pixels, null], attributes: { noop_with_empty_axes: 1 } },
    {
      type: 'ArgMax',
      inputs: [pixels],
      attributes: { axis: 1, keepdims: 0 },
      behindConvolution: true,
      output: 'int64',
    },
    { type: 'ArgMax', inputs: [pixels], attributes: { axis: -1, keepdims: 1 }, output: 'int64' },
  ],
  'softmaxes over any axis': [-1, 1, 2].flatMap((axis): SingleOperation[] => [
    { type: 'Softmax', inputs: [pixels], attributes: { axis }, behindConvolution: true },
    { type: 'Softmax', inputs: [[2, 3, 4]], attributes: { axis } },
  ]),
  'shapes, whatever order memory has': [
    ...[
      [2, 6, 63],
      [2, 1, 6, 63],
      [2, 3, 2, 63],
      [0, -1],
      [2, 54, 7],
      [1, 2, 6, 9, 7],
      [12, 63],
    ].map(
      (shape): SingleOperation => ({
        type: 'Reshape',
        inputs: [pixels, integers(...shape)],
        behindConvolution: true,
      }),
    ),
    { type: 'Transpose', inputs: [pixels], attributes: { perm: [1, 3, 0, 2] }, behindConvolution: true },
    { type: 'Transpose', inputs: [pixels] },
    { type: 'Concat', inputs: [pixels, [2, 3, 9, 7]], attributes: { axis: 1 }, behindConvolution: true },
    { type: 'Concat', inputs: [pixels, pixels], attributes: { axis: -1 } },
    {
      type: 'Pad',
      inputs: [pixels, integers(0, 1, 2, 0, 0, 0, 1, 3), floats([], 4)],
      behindConvolution: true,
    },
    { type: 'Pad', inputs: [pixels, integers(0, -1, 2, 0, 0, 0, -1, 3)], attributes: { mode: 'constant' } },
    {
      type: 'Slice',
      inputs: [pixels, integers(1, -5), integers(3, 2 ** 40), integers(2, 3)],
      behindConvolution: true,
    },
    { type: 'Slice', inputs: [pixels, integers(1, 0), integers(9, -1), integers(2, 3), integers(3, 2)] },
    { type: 'Gather', inputs: [pixels, integers(3, 1, 1, 5, 0)], attributes: { axis: 1 } },
    { type: 'Gather', inputs: [pixels, integers(6, 0, 6)], attributes: { axis: -1 } },
    { type: 'Cast', inputs: [[3, 4]], attributes: { to: 7 }, output: 'int64' },
  ],
  'matrix products': [
    { type: 'MatMul', inputs: [[3, 5], floats([5, 4])] },
    {
      type: 'MatMul',
      inputs: [
        [2, 3, 5, 4],
        [2, 3, 4, 6],
      ],
    },
    {
      type: 'MatMul',
      inputs: [
        [2, 1, 70, 80],
        [2, 1, 80, 90],
      ],
    },
    { type: 'Gemm', inputs: [[3, 5], floats([4, 5]), floats([4])], attributes: { transB: 1 } },
    {
      type: 'Gemm',
      inputs: [[5, 3], floats([5, 4]), floats([3, 1])],
      attributes: { transA: 1, alpha: float(0.5), beta: float(2) },
    },
  ],
  normalization: [
    {
      type: 'BatchNormalization',
      inputs: [pixels, floats([6], 1), floats([6], 2), floats([6], 3), positive(6)],
      attributes: { epsilon: float(1e-3) },
    },
    {
      type: 'BatchNormalization',
      inputs: [[3, 4], floats([4], 1), floats([4], 2), floats([4], 3), positive(4)],
    },
    {
      type: 'BatchNormalization',
      inputs: [[3, 4, 5], floats([4], 1), floats([4], 2), floats([4], 3), positive(4)],
    },
  ],
};

for (const [family, operations] of Object.entries(families)) {
  test.serial(`${family} give what ONNX Runtime gives, and leave no tensor behind`, async (t) => {
    for (const operation of operations) await agrees(t, operation);
  });
}

/** Kernels that are the same for each of several groups. */
function alike(groups: number, dims: readonly number[]): ReturnType<typeof floats> {
  const one = floats(dims).data;
  const data = Float32Array.from({ length: one.length * groups }, (_, index) =>
    Number(one[index % one.length]),
  );
  return { type: 'float32', dims: [dims[0]! * groups, ...dims.slice(1)], data };
}

function positive(size: number): ReturnType<typeof floats> {
  return {
    type: 'float32',
    dims: [size],
    data: Float32Array.from({ length: size }, (_, index) => 0.5 + index),
  };
}
