import test from 'ava';
import { add, multiply } from '../../stages/graph/arithmetic.js';
import { GraphBuilder } from '../../stages/graph/builder.js';
import { graphMemory } from '../../stages/graph/graph-memory.js';

/** 100 float32 elements an image. */
const image = ['N', 100] as const;
const value = 400;

test('inputs and outputs live throughout, other values until they are last read', (t) => {
  const b = new GraphBuilder(2);
  const x = b.input('x', image);
  // A chain: at any time one value is read and one given.
  let y = x;
  for (let step = 0; step < 5; step += 1) y = b.emit('Relu', [add(b, y, x)], {}, { shape: image });
  b.output('y', y);
  const { imageBytes, fixedBytes } = graphMemory(b.finish('chain'), 2);
  t.is(imageBytes, value * (1 + 1 + 2));
  t.is(fixedBytes, 0);
});

test('a value that is read late is held until then', (t) => {
  const b = new GraphBuilder(1);
  const x = b.input('x', image);
  const kept = add(b, x, x);
  let y = kept;
  for (let step = 0; step < 5; step += 1) y = b.emit('Neg', [y], {}, { shape: image });
  b.output('y', multiply(b, y, kept));
  t.is(graphMemory(b.finish('held'), 1).imageBytes, value * (1 + 1 + 3));
});

test('what only one node needs counts where that node runs, however early it was written', (t) => {
  const b = new GraphBuilder(1);
  const x = b.input('x', image);
  const wide = ['N', 1000] as const;
  const norms = [1, 2, 3].map((factor) => {
    const scaled = multiply(b, x, b.scalar(factor));
    return { unfolded: b.emit('Unfold', [scaled], {}, { shape: wide }) };
  });
  let sum = x;
  for (const { unfolded } of norms) sum = add(b, sum, b.emit('Fold', [unfolded], {}, { shape: image }));
  b.output('y', sum);
  const { imageBytes } = graphMemory(b.finish('wide'), 1);
  t.true(imageBytes >= 10 * value + 2 * value);
  t.true(imageBytes < 20 * value, 'no two of the wide values are alive at once');
});

test('initialisers are counted apart, and element types by their size', (t) => {
  const b = new GraphBuilder(3);
  const x = b.input('x', image);
  const y = multiply(b, x, b.floats([100], new Float32Array(100)));
  b.output('whole', b.emit('Cast', [y], {}, { shape: image, type: 'int64' }));
  b.output('flag', b.emit('Greater', [y, x], {}, { shape: image, type: 'bool' }));
  const memory = graphMemory(b.finish('types'), 3);
  t.is(memory.fixedBytes, 400);
  // x, y, an int64 and its output, a bool and its output; depth first the int64 is gone when the bool comes.
  t.is(memory.imageBytes, 400 + 800 + 100 + 400 + 800);
});

test('the images of a batch share nothing', (t) => {
  const build = (batch: number) => {
    const b = new GraphBuilder(batch);
    b.output('y', add(b, b.input('x', image), b.scalar(1)));
    return graphMemory(b.finish('batch'), batch).imageBytes;
  };
  t.is(build(1), build(16));
});
