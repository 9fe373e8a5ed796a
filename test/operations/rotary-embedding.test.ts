import test from 'ava';
import { decideModelParameters } from '../../stages/scoring/compile-passes.js';
import { around, floats, integers, node } from './graph.js';
import { followsTheReference } from './reference.js';
import { refuses } from './refusal.js';

followsTheReference('rotary-embedding');

const tables = (...dims: readonly number[]) => ({ cos: floats(dims), sin: floats(dims) });

const rotating = (
  attributes: Readonly<Record<string, { readonly int: number }>>,
  initializers: ReturnType<typeof tables>,
) => around([node('RotaryEmbedding', ['x', 'cos', 'sin'], attributes)], initializers, { opset: 23 });

refuses(
  'rotary-embedding: tables of other heads',
  rotating({}, tables(1, 4, 3)),
  'operation RotaryEmbedding, node node1: cosines and sines have shape [1, 4, 3], expected [N, T, 2]',
);

refuses(
  'rotary-embedding: tables of places without their numbers',
  rotating({}, tables(4, 2)),
  'operation RotaryEmbedding, node node1: cosines and sines have shape [4, 2], expected [N, T, 2]',
);

refuses(
  'rotary-embedding: an odd number of numbers',
  rotating({ rotary_embedding_dim: { int: 3 } }, tables(1, 4, 1)),
  'operation RotaryEmbedding, node node1: 3 numbers of heads of 4 are to be turned, expected pairs of them',
);

test('rotary-embedding: tables are buffers, whichever places are chosen of them, unless they are said to be trainable', (t) => {
  const model = around(
    [
      node('Slice', ['rope.cos', 'zero', 'four'], {}, ['cosines']),
      node('RotaryEmbedding', ['x', 'cosines', 'rope.sin', 'ids'], {}),
    ],
    {
      'rope.cos': floats([6, 2]),
      'rope.sin': floats([4, 2]),
      zero: integers([0]),
      four: integers([4]),
      ids: integers([3, 0, 1, 1], [1, 4]),
    },
    { opset: 23 },
  );
  const { parameters, others } = decideModelParameters({ ...model, producer: 'pytorch' });
  t.deepEqual(
    parameters.map(({ name }) => name),
    ['stem.weight'],
  );
  const reason = 'a table of cosines or sines that RotaryEmbedding turns by';
  t.like(Object.fromEntries(others.map((other) => [other.name, other.reason])), {
    'rope.cos': reason,
    'rope.sin': reason,
  });
  const trained = decideModelParameters(model, { trainable: ['rope.cos'] });
  t.deepEqual(
    trained.parameters.map(({ name }) => name),
    ['stem.weight', 'rope.cos'],
  );
});

test('rotary-embedding: a table that something else reads too is a parameter there', (t) => {
  const model = around(
    [
      node('RotaryEmbedding', ['x', 'cos', 'sin', 'ids'], {}, ['turned']),
      node('Gather', ['cos', 'ids'], { axis: { int: 0 } }, ['chosen']),
      node('ReduceSum', ['chosen', 'all'], {}, ['sum']),
      node('Mul', ['turned', 'sum']),
    ],
    { ...tables(4, 2), ids: integers([3, 0, 1, 1], [1, 4]), all: integers([0, 1, 2]) },
    { opset: 23 },
  );
  t.deepEqual(
    decideModelParameters(model).parameters.map(({ name }) => name),
    ['stem.weight', 'cos'],
  );
});
