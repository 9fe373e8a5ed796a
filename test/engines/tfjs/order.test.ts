import test from 'ava';
import fc from 'fast-check';
import {
  permutation,
  physical,
  reshapedOrder,
  rowMajor,
  sameMemory,
  without,
} from '../../../workers/engines/tfjs/axis-order.js';

const shape = fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 5 });
const held = shape.chain((dims) =>
  fc.record({
    dims: fc.constant(dims),
    order: fc.shuffledSubarray([...dims.keys()], { minLength: dims.length, maxLength: dims.length }),
  }),
);

/** The logical index of what each place of memory holds. */
function contents(dims: readonly number[], order: readonly number[]): number[] {
  const sizes = physical(dims, order);
  const count = sizes.reduce((product, size) => product * size, 1);
  return Array.from({ length: count }, (_, place) => {
    const at = dims.map(() => 0);
    let rest = place;
    for (let j = sizes.length - 1; j >= 0; j -= 1) {
      at[order[j]!] = rest % sizes[j]!;
      rest = Math.floor(rest / sizes[j]!);
    }
    return at.reduce((index, position, axis) => index * dims[axis]! + position, 0);
  });
}

test('orders are taken for the same memory only where every place holds the same element', (t) => {
  fc.assert(
    fc.property(held, held, ({ dims, order }, other) => {
      const second = other.dims.length === dims.length ? other.order : rowMajor(dims.length);
      if (sameMemory(dims, order, second)) t.deepEqual(contents(dims, order), contents(dims, second));
    }),
  );
  t.true(sameMemory([2, 5, 1, 1], [0, 1, 2, 3], [0, 2, 3, 1]));
  t.false(sameMemory([2, 5, 2, 1], [0, 1, 2, 3], [0, 2, 3, 1]));
});

test('a reshape that keeps an order moves no element', (t) => {
  fc.assert(
    fc.property(held, shape, ({ dims, order }, extra) => {
      const size = dims.reduce((product, one) => product * one, 1);
      for (const target of [[size], [...dims, 1], [1, ...dims], [...extra, size]]) {
        if (target.reduce((product, one) => product * one, 1) !== size) continue;
        const kept = reshapedOrder(dims, target, order);
        if (kept !== null) t.deepEqual(contents(target, kept), contents(dims, order));
      }
    }),
  );
});

test('positions of a convolution are merged, and its channels divided, where they lie', (t) => {
  t.deepEqual(reshapedOrder([2, 6, 9, 7], [2, 6, 63], [0, 2, 3, 1]), [0, 2, 1]);
  t.deepEqual(reshapedOrder([2, 6, 9, 7], [2, 3, 2, 63], [0, 2, 3, 1]), [0, 3, 1, 2]);
  t.deepEqual(reshapedOrder([2, 6, 9, 7], [2, 1, 6, 63], [0, 2, 3, 1]), [1, 0, 3, 2]);
  t.is(reshapedOrder([2, 6, 9, 7], [2, 378], [0, 2, 3, 1]), null);
});

test('axes that are dropped leave the order of the others', (t) => {
  t.deepEqual(without([0, 2, 3, 1], [2]), [0, 2, 1]);
  t.deepEqual(without([0, 2, 3, 1], [0, 1]), [0, 1]);
  t.deepEqual(permutation([0, 1, 2, 3], [0, 2, 3, 1]), [0, 2, 3, 1]);
  t.deepEqual(permutation([0, 2, 3, 1], [0, 1, 2, 3]), [0, 3, 1, 2]);
});
