import test from 'ava';
import fc from 'fast-check';
import { decodeModel } from '../../stages/onnx/decode.js';
import { encodeModel } from '../../stages/onnx/encode.js';
import { fromHalfBits, infiniteHalf, largestHalf, toHalfBits } from '../../stages/onnx/float16.js';
import type { Tensor } from '../../stages/onnx/model.js';

const finite = Array.from({ length: 0x7c00 }, (_, bits) => bits);

test('every number of half precision comes back as the bits that it was', (t) => {
  const wrong = finite
    .flatMap((bits) => [bits, bits | 0x8000])
    .filter((bits) => toHalfBits(fromHalfBits(bits)) !== bits);
  t.deepEqual(wrong, []);
  t.is(fromHalfBits(toHalfBits(-Infinity)), -Infinity);
  t.true(Number.isNaN(fromHalfBits(toHalfBits(Number.NaN))));
  t.is(fromHalfBits(0x7bff), largestHalf);
});

test('a number becomes the nearest of half precision, of two the even one', (t) => {
  // Midpoints and their neighbours of float32, between every two numbers that follow each other.
  const wrong = finite.slice(0, -1).filter((bits) => {
    const middle = (fromHalfBits(bits) + fromHalfBits(bits + 1)) / 2;
    const step = middle * 2 ** -23;
    return (
      toHalfBits(middle) !== bits + (bits % 2) ||
      toHalfBits(middle - step) !== bits ||
      toHalfBits(middle + step) !== bits + 1
    );
  });
  t.deepEqual(wrong, []);
});

test('what is beyond the largest number is that number up to half a step, then infinite', (t) => {
  t.is(fromHalfBits(toHalfBits(infiniteHalf - 2 ** -8)), largestHalf);
  t.is(fromHalfBits(toHalfBits(infiniteHalf)), Infinity);
  t.is(fromHalfBits(toHalfBits(-3e38)), -Infinity);
});

test('rounding is never off by more than half a step', (t) => {
  fc.assert(
    fc.property(fc.float({ noNaN: true, min: -largestHalf, max: largestHalf }), (value) => {
      const error = Math.abs(fromHalfBits(toHalfBits(value)) - value);
      return error <= Math.max(2 ** -25, Math.abs(value) * 2 ** -11);
    }),
  );
  t.pass();
});

test('tensors of half precision are written and read bit for bit', (t) => {
  const tensor: Tensor = {
    type: 'float16',
    dims: [2, 2],
    data: new Uint8Array(Uint16Array.of(0x3c00, 0x7c00, 0x0001, 0xbc00).buffer),
  };
  const node = {
    name: 'n',
    type: 'Identity',
    domain: '',
    inputs: ['w'],
    outputs: ['y'],
    attributes: new Map(),
  };
  const graph = {
    name: 'g',
    nodes: [node],
    initializers: new Map([['w', tensor]]),
    inputs: [],
    outputs: [{ name: 'y', type: 'float16', dims: [2, 2] } as const],
  };
  const read = decodeModel(encodeModel({ opset: 17, metadata: new Map(), graph }));
  t.deepEqual(read.graph.initializers.get('w'), tensor);
});
