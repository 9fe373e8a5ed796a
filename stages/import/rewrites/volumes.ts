import { ModelError } from '../../errors.js';
import { type Attributes, int, ints } from '../../graph/builder.js';
import type { Node } from '../../onnx/model.js';
import { listed, shown } from '../../shown.js';
import { intAttribute, intsAttribute, textAttribute } from '../attributes.js';
import { isSameMode, samePads } from '../same-pads.js';
import { perImage, type Size } from '../sizes.js';
import { Primitives } from './primitives.js';

/** How kernels move along one of three axes. */
interface Along {
  /** Of the input, 2 to 4. */
  readonly axis: number;
  readonly size: number;
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
  readonly pads: readonly [begin: number, end: number];
}

/**
 * A convolution over three axes as one over two: along the axis where kernels are smallest, what each of its elements sees
 * is put beside the channels, and the places along it are windows of the images. So every engine has it, and the gradient
 * of the kernels has all forms that two axes have.
 * @param shape of the input, [N, C, …three axes]
 * @param kernels of the kernels, [O, C/group, …three axes]
 * @throws ModelError for what does not fit
 */
export function volumesAsWindows(node: Node, shape: readonly Size[], kernels: readonly number[]): Node[] {
  const axes = axesOf(node, shape, kernels);
  const [first] = axes.toSorted((one, other) => one.kernel - other.kernel);
  if (!first) throw new ModelError('it moves along no axis');
  if (first.kernel > mostTaps)
    throw new ModelError(
      `the kernels have at least ${first.kernel} elements along each of three axes, more than the ${mostTaps} that are supported`,
    );
  const [b, c] = axes.filter((along) => along !== first);
  if (!b || !c) throw new ModelError('it moves along fewer than three axes');
  const made = new Primitives(node);
  const channels = perImage(shape[1] ?? 1);
  const inFront = made.step('Transpose', [made.input(0)], { perm: ints([0, first.axis, 1, b.axis, c.axis]) });
  const seen = seenAlong(made, inFront, first);
  const size = [channels * first.kernel, b.size, c.size];
  const windows = made.step('Reshape', [seen, made.integers([-1, ...size])]);
  const [outputs = 1, each = 1] = kernels;
  const turned = made.step('Transpose', [made.input(1)], { perm: ints([0, 1, first.axis, b.axis, c.axis]) });
  const joined = made.integers([outputs, each * first.kernel, b.kernel, c.kernel]);
  const weight = made.step('Reshape', [turned, joined]);
  const attributes: Attributes = {
    kernel_shape: ints([b.kernel, c.kernel]),
    strides: ints([b.stride, c.stride]),
    dilations: ints([b.dilation, c.dilation]),
    pads: ints([b.pads[0], c.pads[0], b.pads[1], c.pads[1]]),
    group: int(intAttribute(node, 'group', 1)),
  };
  const bias = made.input(2);
  const given = made.step('Conv', [windows, weight, ...(bias === '' ? [] : [bias])], attributes);
  const whole = [-1, stepsAlong(first), outputs, stepsAlong(b), stepsAlong(c)];
  const places = new Map([first, b, c].map(({ axis }, index) => [axis, [1, 3, 4][index] ?? 1]));
  return made.ending('Transpose', [made.step('Reshape', [given, made.integers(whole)])], {
    perm: ints([0, 2, ...[2, 3, 4].map((axis) => places.get(axis) ?? axis)]),
  });
}

/** Elements of a kernel along an axis that are put beside channels. */
const mostTaps = 64;

/** What each place sees along an axis, which is the second of x, as one more axis behind the channels where it is several. */
function seenAlong(made: Primitives, x: string, along: Along): string {
  const { kernel, stride, dilation, pads } = along;
  const isAsItIs = kernel === 1 && stride === 1 && pads.every((size) => size === 0);
  if (isAsItIs) return x;
  const padded = made.step('Pad', [x, made.integers([0, pads[0], 0, 0, 0, 0, pads[1], 0, 0, 0])]);
  const reach = (stepsAlong(along) - 1) * stride + 1;
  const taps = Array.from({ length: kernel }, (_, tap) => {
    const start = tap * dilation;
    const numbers = [[start], [start + reach], [1], [stride]].map((each) => made.integers(each));
    return made.step('Unsqueeze', [made.step('Slice', [padded, ...numbers]), made.integers([3])]);
  });
  return made.step('Concat', taps, { axis: int(3) });
}

function stepsAlong({ size, kernel, stride, dilation, pads }: Along): number {
  return Math.floor((size + pads[0] + pads[1] - dilation * (kernel - 1) - 1) / stride) + 1;
}

function axesOf(node: Node, shape: readonly Size[], kernels: readonly number[]): Along[] {
  if (kernels.length !== 5)
    throw new ModelError(`the kernels have shape [${listed(kernels)}], expected [O, C/group, kd, kh, kw]`);
  const mode = textAttribute(node, 'auto_pad', 'NOTSET');
  const isSame = isSameMode(mode);
  if (!isSame && mode !== 'NOTSET' && mode !== '' && mode !== 'VALID')
    throw new ModelError(`auto_pad is ${shown(mode)}, expected NOTSET, VALID, SAME_UPPER or SAME_LOWER`);
  const kernel = sizesOf(node, 'kernel_shape', kernels.slice(2), 1);
  if (String(kernel) !== String(kernels.slice(2)))
    throw new ModelError(
      `kernel_shape is [${listed(kernel)}], but the kernels are of shape [${listed(kernels.slice(2))}]`,
    );
  const strides = sizesOf(node, 'strides', [1, 1, 1], 1);
  const dilations = sizesOf(node, 'dilations', [1, 1, 1], 1);
  const pads = sizesOf(node, 'pads', [0, 0, 0, 0, 0, 0], 0);
  if ((isSame || mode === 'VALID') && pads.some((size) => size !== 0))
    throw new ModelError(`pads is [${listed(pads)}] although auto_pad is ${mode}; only one can say it`);
  return [0, 1, 2].map((index) => {
    const moving = {
      size: perImage(shape[index + 2] ?? 1),
      kernel: kernel[index] ?? 1,
      stride: strides[index] ?? 1,
      dilation: dilations[index] ?? 1,
    };
    const along: Along = {
      axis: index + 2,
      ...moving,
      pads: isSame ? samePads(mode, moving) : [pads[index] ?? 0, pads[index + 3] ?? 0],
    };
    if (stepsAlong(along) < 1)
      throw new ModelError(
        `a window of ${along.dilation * (along.kernel - 1) + 1} does not fit into the padded input's ${along.size + along.pads[0] + along.pads[1]} elements along axis ${along.axis}`,
      );
    return along;
  });
}

function sizesOf(node: Node, name: string, usual: readonly number[], least: number): readonly number[] {
  const sizes = intsAttribute(node, name, usual);
  if (
    sizes.length !== usual.length ||
    !sizes.every((size) => Number.isSafeInteger(size) && size >= least && size < 2 ** 31)
  )
    throw new ModelError(`${name} is [${listed(sizes)}], expected ${usual.length} sizes`);
  return sizes;
}
