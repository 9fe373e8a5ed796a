import { around, floats, node } from './graph.js';
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
