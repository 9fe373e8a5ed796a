import test from 'ava';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { add, divide, multiply, subtract } from '../../stages/graph/arithmetic.js';
import { GraphBuilder, type Value } from '../../stages/graph/builder.js';
import { encodeModel } from '../../stages/onnx/encode.js';

const doingNothing: Readonly<Record<string, (b: GraphBuilder, x: Value) => Value>> = {
  'a product': (b, x) => multiply(b, x, b.scalar(1)),
  'a product from the other side': (b, x) => multiply(b, b.scalar(1), x),
  'a quotient': (b, x) => divide(b, x, b.scalar(1)),
  'a sum': (b, x) => add(b, x, b.scalar(0)),
  'a difference': (b, x) => subtract(b, x, b.scalar(0)),
};

for (const [title, nothing] of Object.entries(doingNothing))
  test(`ONNX Runtime opens a graph where ${title} that changes nothing is multiplied by an inverse`, async (t) => {
    const b = new GraphBuilder(null);
    const x = b.input('x', ['N', 3]);
    const changed = nothing(b, add(b, x, x));
    b.output('y', multiply(b, changed, divide(b, b.scalar(1), multiply(b, x, x))));
    const session = await InferenceSession.create(encodeModel(b.finish('quotient')));
    const { y } = await session.run({ x: new Tensor('float32', [1, 2, 4], [1, 3]) });
    t.deepEqual([...((y?.data ?? []) as Float32Array)], [2, 1, 0.5]);
  });
