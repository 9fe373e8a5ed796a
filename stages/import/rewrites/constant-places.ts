import { ModelError } from '../../errors.js';
import { elementCount, type Node } from '../../onnx/model.js';
import { producersOf, readersOf } from '../../onnx/wiring.js';
import { listed } from '../../shown.js';
import { placeOf, stridesOf } from '../literals/literal.js';
import { type Operand, sizesOf } from '../operand.js';
import { holdsImages, type Size } from '../sizes.js';

/** Operations that read or write at places that their second input lists, and how many inputs they have. */
const atPlaces: ReadonlyMap<string, number> = new Map([
  ['GatherElements', 2],
  ['GatherND', 2],
  ['GridSample', 2],
  ['ScatterElements', 3],
]);

/**
 * Nodes in which what works at places that are expanded, as to one list for each image, reads those as they were, and the
 * shape that they are expanded to as one more input.
 */
export function withPlacesAsTheyWere(nodes: readonly Node[]): readonly Node[] {
  if (!nodes.some(isAtPlaces)) return nodes;
  const producers = producersOf(nodes);
  const replaced = nodes.map((node) => {
    const [data = '', places = '', ...others] = node.inputs;
    const expand = isAtPlaces(node) ? producers.get(places) : undefined;
    const [own, shape] = expand?.type === 'Expand' && expand.domain === '' ? expand.inputs : [];
    if (own === undefined || shape === undefined) return node;
    return { ...node, inputs: [data, own, ...others, shape] };
  });
  const before = readersOf(nodes);
  const after = readersOf(replaced);
  return replaced.filter(({ outputs }) => !outputs.some((name) => before.has(name) && !after.has(name)));
}

const isAtPlaces = ({ type, domain, inputs }: Node): boolean =>
  domain === '' && atPlaces.get(type) === inputs.length;

/** Numbers that are known before any image is, in rows. */
export interface Listed {
  readonly dims: readonly number[];
  readonly data: ArrayLike<number>;
}

/**
 * The numbers that an operand lists, expanded to a shape where one is given.
 * @param ofEachImage whether the first axis is the images': the numbers are those of one, without that axis, then
 * @param fixedBatch the number of images that the file is for, where it says one
 * @throws ModelError, without naming the node, where they are not known, or differ from image to image
 */
export function listedPlaces(
  operand: Operand | null | undefined,
  target: Operand | null | undefined,
  ofEachImage: boolean,
  fixedBatch: number | null,
): Listed {
  const own = numbersOf(operand);
  const sizes = target ? sizesOf(target) : null;
  if (own === null || (target && !sizes))
    throw new ModelError(
      'input 1 must be numbers that are known before any image is: places that the image decides, as of TopK or ArgMax, are not supported; give a network that reads the same places of all images',
    );
  const all = sizes ? expanded(own, sizes) : own;
  if (!ofEachImage) return all;
  const [images = 0, ...dims] = all.dims;
  const isOfEach = sizes?.[0] !== undefined && holdsImages(sizes[0]) && sizes.length === all.dims.length;
  const count = elementCount(dims);
  const isSame = Array.from(all.data).every((value, at) => value === all.data[at % count]);
  if ((!isOfEach && images !== fixedBatch) || !isSame)
    throw new ModelError(
      `input 1 has shape [${listed(all.dims)}], expected the same places for each image: export the model for one image at a time, without dynamic_axes`,
    );
  return { dims, data: Array.from(all.data).slice(0, count) };
}

function numbersOf(operand: Operand | null | undefined): Listed | null {
  if (!operand || operand.kind === 'activation') return null;
  if (operand.kind === 'sizes') {
    const { sizes, scalar } = operand;
    return sizes.some(holdsImages) ? null : { dims: scalar ? [] : [sizes.length], data: sizes.map(Number) };
  }
  const { tensor } = operand;
  if (tensor.type === 'float32') return tensor;
  return tensor.type === 'int64' ? { dims: tensor.dims, data: Array.from(tensor.data, Number) } : null;
}

/** Numbers repeated to a shape; along the images, of which one has them as they are, they stay. */
function expanded({ dims, data }: Listed, target: readonly Size[]): Listed {
  const rank = Math.max(dims.length, target.length);
  const own = [...new Array<number>(rank - dims.length).fill(1), ...dims];
  const to = own.map((size, axis) => {
    const wanted = target[axis - rank + target.length] ?? 1;
    const isSized = size === 1 || wanted === 1 || wanted === size;
    if (!isSized) throw new ModelError(`[${listed(dims)}] can't be expanded to [${listed(target)}]`);
    return size === 1 && !holdsImages(wanted) ? wanted : size;
  });
  requireFew(elementCount(to));
  const strides = stridesOf(own);
  return {
    dims: to,
    data: Array.from(
      { length: elementCount(to) },
      (_, index) =>
        data[
          placeOf(index, to).reduce(
            (sum, at, axis) => sum + (own[axis] === 1 ? 0 : at) * (strides[axis] ?? 0),
            0,
          )
        ] ?? 0,
    ),
  };
}

/** Places that are listed for one node, at most. */
const mostPlaces = 2 ** 24;

/** @throws ModelError where a list of places would be larger than any network's */
export function requireFew(count: number): void {
  if (count > mostPlaces)
    throw new ModelError(`it reads ${count} places, more than the ${mostPlaces} that are listed`);
}

/** A place along an axis, counted from 0. @throws ModelError where there is none */
export function placeAlong(place: number, size: number): number {
  if (!(Number.isInteger(place) && place >= -size && place < size))
    throw new ModelError(`index ${place} of an axis of ${size}`);
  return place < 0 ? place + size : place;
}
