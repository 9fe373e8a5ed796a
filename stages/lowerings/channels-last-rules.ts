/** Operations that ONNX Runtime's CUDA provider has in channels-last order, with kernels and other inputs as they are. */
export const spatial: ReadonlySet<string> = new Set([
  'Conv',
  'ConvTranspose',
  'MaxPool',
  'AveragePool',
  'GlobalAveragePool',
  'BatchNormalization',
]);

/** Operations that compute each element of their output from one of each operand, operands broadcasting. */
export const elementwise: ReadonlySet<string> = new Set([
  ...['Add', 'Sub', 'Mul', 'Div', 'Sum', 'Pow', 'Max', 'Min'],
  ...['Equal', 'Less', 'Greater', 'Where', 'And', 'Or', 'Not', 'Cast'],
  ...['Relu', 'LeakyRelu', 'Clip', 'HardSigmoid', 'HardSwish', 'Sigmoid', 'Tanh', 'Erf', 'Softplus', 'Elu'],
  ...[
    'Exp',
    'Log',
    'Sin',
    'Cos',
    'Atan',
    'Asin',
    'Acos',
    'Floor',
    'Sqrt',
    'Reciprocal',
    'Neg',
    'Abs',
    'Sign',
  ],
]);

/** Reductions over the axes that they name. */
export const reductions: ReadonlySet<string> = new Set([
  'ReduceSum',
  'ReduceSumSquare',
  'ReduceMean',
  'ReduceMax',
  'ReduceMin',
]);

/** Where each axis of channels-first order is in channels-last order. */
const placeOf = [0, 3, 1, 2] as const;

const place = (axis: number): number => placeOf[axis < 0 ? axis + 4 : axis] ?? axis;

export const movedAxes = (axes: readonly number[]): readonly number[] => axes.map(place);

/** Whether the axes that a reduction leaves come in the same order in both. */
export function keepsOrder(reduced: readonly number[]): boolean {
  const left = [0, 1, 2, 3].filter((axis) => !reduced.some((one) => (one < 0 ? one + 4 : one) === axis));
  const places = left.map(place);
  return places.every((at, index) => index === 0 || at > (places[index - 1] ?? 0));
}
