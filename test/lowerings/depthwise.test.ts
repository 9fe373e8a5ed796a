import test from 'ava';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { GraphBuilder } from '../../stages/graph/builder.js';
import { outputSize, type Window } from '../../stages/graph/convolution.js';
import type { ConvolutionLayer } from '../../stages/lowerings/convolution-layer.js';
import { correlated } from '../../stages/lowerings/correlation.js';
import { convolutionInputGradient } from '../../stages/lowerings/input-gradient.js';
import { cpuLowerings } from '../../stages/lowerings/lowerings.js';
import { encodeModel } from '../../stages/onnx/encode.js';

interface Layer {
  readonly title: string;
  readonly images: number;
  readonly channels: number;
  /** Kernels of each channel. */
  readonly perChannel: number;
  readonly size: readonly [number, number];
  readonly window: Window;
}

const window = (
  kernel: Window['kernel'],
  strides: Window['strides'],
  pads: Window['pads'],
  dilations: Window['dilations'] = [1, 1],
): Window => ({ kernel, strides, pads, dilations });

const layers: readonly Layer[] = [
  {
    title: '3×3, padded, few places',
    ...{ images: 2, channels: 16, perChannel: 1, size: [5, 7] },
    window: window([3, 3], [1, 1], [1, 1, 1, 1]),
  },
  {
    title: '3×3, padded, many places',
    ...{ images: 2, channels: 3, perChannel: 1, size: [41, 38] },
    window: window([3, 3], [1, 1], [1, 1, 1, 1]),
  },
  {
    title: '5×5 without padding',
    ...{ images: 1, channels: 4, perChannel: 1, size: [9, 8] },
    window: window([5, 5], [1, 1], [0, 0, 0, 0]),
  },
  {
    title: '3×3 by steps of two on an even image',
    ...{ images: 2, channels: 16, perChannel: 1, size: [12, 10] },
    window: window([3, 3], [2, 2], [1, 1, 1, 1]),
  },
  {
    title: '5×5 by steps of two on an odd image, padded at one side more',
    ...{ images: 2, channels: 4, perChannel: 1, size: [33, 35] },
    window: window([5, 5], [2, 2], [1, 2, 2, 1]),
  },
  {
    title: '3×5 by steps of three and two, dilated',
    ...{ images: 2, channels: 4, perChannel: 1, size: [17, 15] },
    window: window([3, 5], [3, 2], [2, 0, 1, 3], [2, 1]),
  },
  {
    title: 'steps wider than the kernel',
    ...{ images: 1, channels: 5, perChannel: 1, size: [11, 13] },
    window: window([2, 2], [3, 4], [0, 1, 0, 0]),
  },
  {
    title: 'two kernels for each channel, in one row',
    ...{ images: 2, channels: 4, perChannel: 2, size: [8, 9] },
    window: window([1, 7], [1, 1], [0, 3, 0, 3]),
  },
  {
    title: 'dilated by three',
    ...{ images: 1, channels: 16, perChannel: 1, size: [14, 14] },
    window: window([3, 3], [1, 1], [3, 3, 3, 3], [3, 3]),
  },
];

const wave = (count: number, rate: number) =>
  Float32Array.from({ length: count }, (_, index) => Math.sin(index * rate) + 0.2);

/** Calls back for each product of a convolution: where it reads, with which element of a kernel, and where it adds. */
function eachProduct(
  layer: Layer,
  outputs: readonly [number, number],
  use: (input: number, element: number, output: number) => void,
): void {
  const { images, channels, perChannel, size, window: shape } = layer;
  const { kernel, strides, pads, dilations } = shape;
  const kernels = channels * perChannel;
  for (let image = 0; image < images; image++)
    for (let o = 0; o < kernels; o++)
      for (let r = 0; r < outputs[0]; r++)
        for (let c = 0; c < outputs[1]; c++)
          for (let u = 0; u < kernel[0]; u++)
            for (let v = 0; v < kernel[1]; v++) {
              const row = r * strides[0] + u * dilations[0] - pads[0];
              const column = c * strides[1] + v * dilations[1] - pads[1];
              if (row < 0 || column < 0 || row >= size[0] || column >= size[1]) continue;
              const channel = Math.floor(o / perChannel);
              use(
                ((image * channels + channel) * size[0] + row) * size[1] + column,
                (o * kernel[0] + u) * kernel[1] + v,
                ((image * kernels + o) * outputs[0] + r) * outputs[1] + c,
              );
            }
}

for (const layer of layers)
  test(`each kernel seeing one channel, gradients are the sums that they are defined by: ${layer.title}`, async (t) => {
    const { images, channels, perChannel, size, window: shape } = layer;
    const kernels = channels * perChannel;
    const elements = shape.kernel[0] * shape.kernel[1];
    const b = new GraphBuilder(images);
    const x = b.input('x', ['N', channels, ...size]);
    const outputs = outputSize(x.shape, shape);
    const cotangent = b.input('cotangent', ['N', kernels, ...outputs]);
    const convolution: ConvolutionLayer = {
      ...{ x, cotangent, window: shape, groups: channels, batch: images, lowerings: cpuLowerings },
    };
    b.output('kernels', correlated(b, convolution));
    const weight = {
      type: 'float32' as const,
      dims: [kernels, 1, ...shape.kernel],
      data: wave(kernels * elements, 0.61),
    };
    const context = { builder: b, cotangent, zeros: () => x, lowerings: cpuLowerings };
    b.output('image', convolutionInputGradient(context, weight, shape, channels, x.shape));
    const session = await InferenceSession.create(encodeModel(b.finish('gradients')));
    const pixels = wave(images * channels * size[0] * size[1], 0.37);
    const delta = wave(images * kernels * outputs[0] * outputs[1], 0.83);
    const found = await session.run({
      x: new Tensor('float32', pixels, [images, channels, ...size]),
      cotangent: new Tensor('float32', delta, [images, kernels, ...outputs]),
    });
    await session.release();
    const ofKernels = new Float64Array(images * kernels * elements);
    const ofImage = new Float64Array(pixels.length);
    const perImage = kernels * outputs[0] * outputs[1];
    eachProduct(layer, outputs, (input, element, output) => {
      const image = Math.floor(output / perImage);
      ofKernels[image * kernels * elements + element]! += pixels[input]! * delta[output]!;
      ofImage[input]! += weight.data[element]! * delta[output]!;
    });
    for (const [name, exact] of Object.entries({ kernels: ofKernels, image: ofImage })) {
      const numbers = found[name]!.data as Float32Array;
      t.is(numbers.length, exact.length, name);
      const largest = Math.max(...exact.map(Math.abs));
      const wrong = exact.findIndex((value, at) => !(Math.abs(value - numbers[at]!) <= 2e-6 * largest));
      t.is(wrong, -1, `${name}: element ${wrong} is ${numbers[wrong]} instead of ${exact[wrong]}`);
    }
  });
