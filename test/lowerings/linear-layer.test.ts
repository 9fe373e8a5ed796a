import test from 'ava';
import fc from 'fast-check';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { GraphBuilder, type Value } from '../../stages/graph/builder.js';
import { gemm } from '../../stages/graph/matrix.js';
import { convolvedLinear, linearKernels } from '../../stages/lowerings/linear-layer.js';
import { encodeModel } from '../../stages/onnx/encode.js';
import type { FloatTensor } from '../../stages/onnx/model.js';

const count = fc.integer({ min: 1, max: 6 });
const factor = fc.constantFrom(1, 0.5, -2);

/** Matrices of both orders, any factors, and every bias that is the same for all images. */
const layer = fc
  .record({
    ...{ batch: count, inputs: count, outputs: count, alpha: factor, beta: factor },
    transB: fc.boolean(),
    bias: fc.constantFrom('none', 'scalar', 'one', 'vector', 'row'),
  })
  .map(({ bias, ...rest }) => {
    const { outputs } = rest;
    const shapes: Readonly<Record<string, readonly number[] | null>> = {
      ...{ none: null, scalar: [], one: [1], vector: [outputs], row: [1, outputs] },
    };
    return { ...rest, bias: shapes[bias] ?? null };
  });

test('a fully connected layer gives the same as a convolution', async (t) => {
  await fc.assert(
    fc.asyncProperty(layer, async ({ batch, inputs, outputs, transB, alpha, beta, bias }) => {
      const b = new GraphBuilder(batch);
      const x = b.input('x', ['N', inputs]);
      const dims = transB ? [outputs, inputs] : [inputs, outputs];
      const weight = filled(dims, 0.7);
      const floats = ({ dims: shape, data }: FloatTensor): Value => b.floats(shape, data);
      const added = bias === null ? null : floats(filled(bias, 0.3));
      b.output('product', gemm(b, x, floats(weight), added, { transB, alpha, beta }));
      b.output('convolved', convolvedLinear(b, x, floats(linearKernels(weight, transB, alpha)), added, beta));
      const session = await InferenceSession.create(encodeModel(b.finish('linear')), { logSeverityLevel: 3 });
      const { product, convolved } = await session.run({
        x: new Tensor('float32', filled([batch, inputs], 1.3).data, [batch, inputs]),
      });
      await session.release();
      t.deepEqual(convolved!.dims, product!.dims);
      const other = convolved!.data as Float32Array;
      (product!.data as Float32Array).forEach((value, at) => {
        if (!(Math.abs(value - (other[at] ?? Number.NaN)) <= 1e-5))
          throw new Error(`element ${at}: ${other[at]} instead of ${value}`);
      });
    }),
    { numRuns: 60 },
  );
});

function filled(dims: readonly number[], step: number): FloatTensor {
  const size = dims.reduce((product, one) => product * one, 1);
  return {
    type: 'float32',
    dims,
    data: Float32Array.from({ length: size }, (_, at) => Math.sin(at * step) + 0.1),
  };
}
