import test from 'ava';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { GraphBuilder, type GraphPrecision, type Value } from '../../stages/graph/builder.js';
import { clamp, passAboveZero, passBetween, rectify } from '../../stages/lowerings/gates.js';
import { toHalfPrecision } from '../../stages/lowerings/half-precision.js';
import { encodeModel } from '../../stages/onnx/encode.js';
import { roundedBetweenOperations } from '../../workers/parity/rounded.js';

const least = 2 ** -24;
const x = [-Infinity, -65504, -1, -least, 0, least, 2 ** -14, 1, 6, 65504, Infinity, Number.NaN];

/** What a gate makes of each x, and of a cotangent of 3 at each output; both as a GPU rounds them. */
async function gate(
  precision: GraphPrecision,
  forward: (b: GraphBuilder, x: Value) => Value,
  backward: (b: GraphBuilder, cotangent: Value, y: Value) => Value,
): Promise<{ readonly y: readonly number[]; readonly passed: readonly number[] }> {
  const b = new GraphBuilder(1, precision);
  const y = forward(b, b.input('x', ['N', x.length]));
  b.output('y', y);
  b.output('passed', backward(b, b.input('cotangent', ['N', x.length]), y));
  const graph = b.finish('gate');
  const model = precision === 'half' ? roundedBetweenOperations(toHalfPrecision(graph)) : graph;
  const session = await InferenceSession.create(encodeModel(model), { logSeverityLevel: 3 });
  const outputs = await session.run({
    x: new Tensor('float32', Float32Array.from(x), [1, x.length]),
    cotangent: new Tensor('float32', new Float32Array(x.length).fill(3), [1, x.length]),
  });
  const numbers = (name: string) => Array.from(outputs[name]!.data as Float32Array);
  return { y: numbers('y'), passed: numbers('passed') };
}

const zeros = (count: number) => new Array<number>(count).fill(0);
const threes = (count: number) => new Array<number>(count).fill(3);

test('in half precision a ReLU opens from its least number on, and hands NaN on', async (t) => {
  const { y, passed } = await gate('half', rectify, (b, cotangent, value) =>
    passAboveZero(b, cotangent, value, 'multiplied'),
  );
  t.deepEqual(y.slice(5), x.slice(5));
  t.true(y.slice(0, 5).every((value) => value === 0));
  t.deepEqual(passed.slice(0, 11), [...zeros(5), ...threes(6)]);
});

test('the mask of single precision would be wrong in half precision', async (t) => {
  const steep = await gate('half', rectify, (b, cotangent, y) => {
    const alpha = { kind: 'float', value: 3e38 } as const;
    const beta = { kind: 'float', value: 0 } as const;
    // What a provider that computes in float16 makes of the slope: its largest number.
    const slope = { ...alpha, value: 65504 };
    const mask = b.emit('HardSigmoid', [y], { alpha: slope, beta }, { shape: y.shape });
    return b.emit('Mul', [cotangent, mask], {}, { shape: y.shape });
  });
  t.notDeepEqual(steep.passed.slice(0, 11), [...zeros(5), ...threes(6)]);
});

test('in half precision a ReLU6 is open between its bounds alone, and hands NaN on', async (t) => {
  const bounds = (b: GraphBuilder) => [b.floats([], [0]), b.floats([], [6])] as const;
  const { y, passed } = await gate(
    'half',
    (b, value) => clamp(b, value, ...bounds(b)),
    (b, cotangent, value) => passBetween(b, cotangent, value, ...bounds(b), 'multiplied'),
  );
  t.deepEqual(y.map(Math.abs), [0, 0, 0, 0, 0, least, 2 ** -14, 1, 6, 6, 6, Number.NaN]);
  t.deepEqual(passed.slice(0, 11), [...zeros(5), ...threes(3), ...zeros(3)]);
});

test('in single precision gates are one operation forward', (t) => {
  const b = new GraphBuilder(1);
  const image = b.input('x', ['N', 2]);
  b.output('y', clamp(b, rectify(b, image), null, b.scalar(6)));
  t.deepEqual(
    b.finish('gates').graph.nodes.map(({ type }) => type),
    ['Relu', 'Clip', 'Identity'],
  );
});
