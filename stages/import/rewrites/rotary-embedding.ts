import { ModelError } from '../../errors.js';
import { int } from '../../graph/builder.js';
import type { Node } from '../../onnx/model.js';
import { listed } from '../../shown.js';
import { intAttribute } from '../attributes.js';
import { turnOfRotation } from '../multiplications.js';
import { perImage, type Size } from '../sizes.js';
import { Primitives } from './primitives.js';

/**
 * RotaryEmbedding (operator set 23): the first numbers of each head, or all, turned in pairs (a, b) by the angle of their place,
 * (a·cos − b·sin, a·sin + b·cos). Pairs are of the two halves, or of neighbours where it is `interleaved`.
 * @param shape of the input: [N, heads, T, d], or [N, T, heads · d]
 * @param caches the shapes of cosines and sines: [N, T, pairs], or [places, pairs] that place numbers choose from
 * @throws ModelError, without naming the node, for what does not fit
 */
export function rotationInPrimitives(
  node: Node,
  shape: readonly Size[],
  caches: readonly (readonly Size[])[],
): Node[] {
  const heads = intAttribute(node, 'num_heads', 0);
  const isApart = shape.length === 4;
  const size = isApart ? perImage(shape[3] ?? 0) : perImage(shape[2] ?? 0) / heads;
  if ((!isApart && shape.length !== 3) || !(Number.isInteger(size) && size > 0))
    throw new ModelError(
      `${heads} heads of an input of shape [${listed(shape)}], expected [N, heads, T, d], or [N, T, heads · d] with num_heads`,
    );
  const turned = intAttribute(node, 'rotary_embedding_dim', 0) || size;
  if (!(Number.isInteger(turned / 2) && turned > 0 && turned <= size))
    throw new ModelError(`${turned} numbers of heads of ${size} are to be turned, expected pairs of them`);
  const made = new Primitives(node);
  const ids = made.input(3);
  for (const dims of caches)
    if (dims.length !== (ids === '' ? 3 : 2) || dims.at(-1) !== turned / 2)
      throw new ModelError(
        `cosines and sines have shape [${listed(dims)}], expected ${ids === '' ? '[N, T, ' : '[places, '}${turned / 2}]`,
      );
  const ofPlaces = (slot: number): string => {
    const chosen =
      ids === '' ? made.input(slot) : made.step('Gather', [made.input(slot), ids], { axis: int(0) });
    // The axis of heads lies before the places, or behind them.
    return made.step('Unsqueeze', [chosen, made.integers([isApart ? 1 : 2])]);
  };
  const [cosine, sine] = [ofPlaces(1), ofPlaces(2)];
  const x = isApart
    ? made.input(0)
    : made.step('Reshape', [made.input(0), made.integers([0, 0, heads, size])]);
  const slice = (start: number, end: number, step = 1): string =>
    made.step('Slice', [x, ...[[start], [end], [3], [step]].map((numbers) => made.integers(numbers))]);
  const isInterleaved = intAttribute(node, 'interleaved', 0) !== 0;
  const [a, b] = isInterleaved
    ? [slice(0, turned, 2), slice(1, turned, 2)]
    : [slice(0, turned / 2), slice(turned / 2, turned)];
  const product = (one: string, table: string): string => made.step(turnOfRotation, [one, table]);
  const pair = [
    made.step('Sub', [product(a, cosine), product(b, sine)]),
    made.step('Add', [product(a, sine), product(b, cosine)]),
  ];
  const rest = turned < size ? [slice(turned, size)] : [];
  const first = isInterleaved ? [sideBySide(made, pair, turned)] : pair;
  if (isApart) return made.ending('Concat', [...first, ...rest], { axis: int(3) });
  const whole = made.step('Concat', [...first, ...rest], { axis: int(3) });
  return made.ending('Reshape', [whole, made.integers([0, 0, heads * size])]);
}

/** The numbers of two lists in turn, along the last of four axes. */
function sideBySide(made: Primitives, pair: readonly string[], size: number): string {
  const columns = pair.map((one) => made.step('Unsqueeze', [one, made.integers([4])]));
  const joined = made.step('Concat', columns, { axis: int(4) });
  return made.step('Reshape', [joined, made.integers([0, 0, 0, size])]);
}
