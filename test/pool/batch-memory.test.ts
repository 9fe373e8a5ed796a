import test from 'ava';
import { BatchMemory } from '../../workers/batch-memory.js';

for (const kind of ['own', 'shared'] as const) {
  test(`${kind} memory of batches is used again, and engines get a copy that is theirs`, (t) => {
    const memory = new BatchMemory(kind);
    const [first, second] = [memory.take(6), memory.take(6)];
    t.not(first, second);
    t.is(first.buffer instanceof SharedArrayBuffer, kind === 'shared');
    first.fill(1);
    second.fill(2);
    const handed = memory.handOver(first);
    t.false(handed.buffer instanceof SharedArrayBuffer);
    t.is(memory.take(6), first);
    first.fill(3);
    t.deepEqual([...handed], new Array(6).fill(1));
    t.is(memory.handOver(second), handed);
    t.deepEqual([...handed], new Array(6).fill(2));
  });
}

test('batches of another size get memory of their own', (t) => {
  const memory = new BatchMemory();
  const small = memory.take(6);
  memory.handOver(small);
  t.is(memory.take(9).length, 9);
  t.not(memory.take(6), small, 'what no batch fits is given back');
  const large = memory.take(9).fill(4);
  t.deepEqual([...memory.handOver(large)], new Array(9).fill(4));
});
