import test from 'ava';
import fc from 'fast-check';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { GraphBuilder } from '../../stages/graph/builder.js';
import { outputSize, type Window } from '../../stages/graph/convolution.js';
import type { Shape } from '../../stages/graph/shape.js';
import type { Lowerings } from '../../stages/lowerings/lowerings.js';
import { transposedConvolution } from '../../stages/lowerings/transposed-convolution.js';
import { encodeModel } from '../../stages/onnx/encode.js';

const pair = (from: number, to: number) =>
  fc.tuple(fc.integer({ min: from, max: to }), fc.integer({ min: from, max: to }));

/** Kernels of up to 4 pixels, strides, dilations and padding that differ by side, one to three groups. */
const layer = fc
  .record({
    size: pair(4, 11),
    kernel: pair(1, 4),
    strides: pair(1, 3),
    dilations: pair(1, 2),
    begin: pair(0, 3),
    end: pair(0, 3),
    groups: fc.integer({ min: 1, max: 3 }),
  })
  .map(({ size, kernel, strides, dilations, begin, end, groups }) => {
    const window: Window = { kernel, strides, dilations, pads: [...begin, ...end] };
    return { shape: ['N', 2 * groups, ...size] as Shape, window, groups };
  })
  .filter(({ shape, window }) => outputSize(shape, window).every((size) => size >= 1));

test('all forms of a transposed convolution give the same numbers', async (t) => {
  await fc.assert(
    fc.asyncProperty(layer, async ({ shape, window, groups }) => {
      const usual = await run('as-is', shape, window, groups);
      for (const form of ['symmetric', 'interleaved'] as const) {
        const other = await run(form, shape, window, groups);
        t.is(other.length, usual.length);
        usual.forEach((value, at) => {
          if (!(Math.abs(value - (other[at] ?? Number.NaN)) <= 1e-5))
            throw new Error(`${form}, element ${at}: ${other[at]} instead of ${value}`);
        });
      }
    }),
    { numRuns: 60 },
  );
  t.pass();
});

async function run(
  form: Lowerings['transposedConvolution'],
  shape: Shape,
  window: Window,
  groups: number,
): Promise<number[]> {
  const batch = 2;
  const b = new GraphBuilder(batch);
  const outputs = 3 * groups;
  const [rows, columns] = outputSize(shape, window);
  const y = b.input('y', ['N', outputs, rows, columns]);
  const dims = [outputs, Number(shape[1]) / groups, ...window.kernel];
  const count = dims.reduce((product, size) => product * size, 1);
  const weight = b.floats(
    dims,
    Float32Array.from({ length: count }, (_, at) => Math.sin(at * 0.7) + 0.1),
  );
  b.output('x', transposedConvolution(b, y, weight, window, groups, shape, form));
  const session = await InferenceSession.create(encodeModel(b.finish('transposed')), { logSeverityLevel: 3 });
  const size = batch * outputs * rows * columns;
  const data = Float32Array.from({ length: size }, (_, at) => Math.cos(at * 0.3));
  const { x } = await session.run({ y: new Tensor('float32', data, [batch, outputs, rows, columns]) });
  await session.release();
  return Array.from(x!.data as Float32Array);
}
