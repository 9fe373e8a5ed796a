import test from 'ava';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { add, multiply } from '../../stages/graph/arithmetic.js';
import { GraphBuilder } from '../../stages/graph/builder.js';
import { joinGraphs } from '../../stages/graph/join.js';
import { encodeModel } from '../../stages/onnx/encode.js';
import type { Model } from '../../stages/onnx/model.js';

const hundred = Float32Array.from({ length: 100 }, (_, index) => index);

/** x [2, 100] → y = x · weights + offset */
function scaling(weights: Float32Array, offset: number): Model {
  const b = new GraphBuilder(2);
  const x = b.input('x', ['N', 100]);
  b.output('y', add(b, multiply(b, x, b.floats([100], weights)), b.scalar(offset)));
  return b.finish('scaling');
}

/** Both graphs one behind the other: x → y. */
function behindEachOther(first: Model, second: Model): Model {
  return joinGraphs('both', [
    { model: first, prefix: 'first/', names: { y: 'between' } },
    { model: second, prefix: 'second/', names: { x: 'between' } },
  ]);
}

test('a graph that reads what another gives computes with it, whatever both call their own values', async (t) => {
  const joined = behindEachOther(scaling(hundred, 1), scaling(hundred, 2));
  t.deepEqual(
    [joined.graph.inputs, joined.graph.outputs].map((values) => values.map(({ name }) => name)),
    [['x'], ['y']],
  );
  const session = await InferenceSession.create(encodeModel(joined));
  const x = new Tensor('float32', new Float32Array(200).fill(3), [2, 100]);
  const { y } = await session.run({ x });
  t.deepEqual(
    [...(y!.data as Float32Array)],
    [...hundred, ...hundred].map((weight) => (3 * weight + 1) * weight + 2),
  );
});

test('constants of equal elements are there once, those of other elements or another shape as they are', (t) => {
  const constants = (first: Model, second: Model) => behindEachOther(first, second).graph.initializers.size;
  t.is(constants(scaling(hundred, 1), scaling(hundred.slice(), 1)), 2);
  t.is(constants(scaling(hundred, 1), scaling(hundred, 2)), 3);
  t.is(constants(scaling(hundred, 1), scaling(hundred.toReversed(), 2)), 4);
  t.is(constants(scaling(new Float32Array(100), 0), scaling(new Float32Array(100).fill(-0), 0)), 3);
});

test('an input that two graphs take is one', (t) => {
  const { graph } = joinGraphs('two', [
    { model: scaling(hundred, 1), prefix: 'first/', names: { y: 'one' } },
    { model: scaling(hundred, 2), prefix: 'second/', names: { y: 'other' } },
  ]);
  t.deepEqual(
    graph.inputs.map(({ name }) => name),
    ['x'],
  );
  t.deepEqual(
    graph.outputs.map(({ name }) => name),
    ['one', 'other'],
  );
});

test('graphs that do not fit together are refused', (t) => {
  const b = new GraphBuilder(3);
  b.output('y', add(b, b.input('x', ['N', 100]), b.scalar(1)));
  t.throws(() => behindEachOther(scaling(hundred, 1), b.finish('three')), {
    message: 'between is float32 [2,100], and a graph that it is joined with takes float32 [3,100]',
  });
  const part = (prefix: string) => ({ model: scaling(hundred, 1), prefix });
  t.throws(() => joinGraphs('twice', [part('first/'), part('second/')]), {
    message: 'two values of the joined graph twice are called y',
  });
});
