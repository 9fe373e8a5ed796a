import { ModelError } from '../../errors.js';
import { int } from '../../graph/builder.js';
import { normalizeAxis } from '../../graph/shape.js';
import { elementCount, type Node } from '../../onnx/model.js';
import { listed } from '../../shown.js';
import { intAttribute, textAttribute } from '../attributes.js';
import { modelShape } from '../batch-axis.js';
import { placeOf, stridesOf } from '../literals/literal.js';
import { listedPlaces, placeAlong } from './constant-places.js';
import { type AtPlaces, partOf, requireAlong } from './gathered-elements.js';
import { Primitives } from './primitives.js';

/**
 * ScatterElements at constant places along an axis, the same for each image: a Gather of the elements of the tensor and of
 * those that replace some of them, in one row.
 * @throws ModelError, without naming the node, for other places, and where an element is replaced twice
 */
export function scatteredElements(node: Node, { shape, inputs, fixedBatch }: AtPlaces): Node[] {
  const axis = normalizeAxis(intAttribute(node, 'axis', 0), shape.length);
  const { part, isOfImages } = partOf(shape);
  const { dims, data } = listedPlaces(inputs[1], inputs[3], isOfImages, fixedBatch);
  const along = isOfImages ? axis - 1 : axis;
  requireAlong(along, dims, part);
  const strides = stridesOf(part);
  const targets = Array.from({ length: elementCount(dims) }, (_, index) =>
    placeOf(index, dims)
      .with(along, placeAlong(data[index] ?? 0, part[along] ?? 0))
      .reduce((sum, at, each) => sum + at * (strides[each] ?? 0), 0),
  );
  return replacing(node, { part, isOfImages, inputs }, targets, dims);
}

/**
 * ScatterND into what is computed of one image at a time, at constant places whose first number, the image's, is 0.
 * @throws ModelError, without naming the node, for other places, and where an element is replaced twice
 */
export function scatteredRows(node: Node, { shape, inputs, fixedBatch }: AtPlaces): Node[] {
  const { part, isOfImages } = partOf(shape);
  const { dims, data } = listedPlaces(inputs[1], null, false, fixedBatch);
  const whole = isOfImages ? [1, ...part] : part;
  const depth = dims.at(-1) ?? 0;
  if (depth < 1 || depth > whole.length)
    throw new ModelError(`indices of shape [${listed(dims)}] for a tensor of shape [${listed(shape)}]`);
  if (isOfImages && fixedBatch !== 1)
    throw new ModelError(
      'it replaces parts of what is computed from several images, which is not supported: export the model for one image at a time, without dynamic_axes',
    );
  const strides = stridesOf(whole);
  const row = elementCount(whole.slice(depth));
  const targets = Array.from({ length: elementCount(dims) / depth }, (_, one) =>
    whole
      .slice(0, depth)
      .reduce(
        (sum, size, each) => sum + placeAlong(data[one * depth + each] ?? 0, size) * (strides[each] ?? 0),
        0,
      ),
  ).flatMap((first) => Array.from({ length: row }, (_, at) => first + at));
  const replaced = [...dims.slice(0, -1), ...whole.slice(depth)];
  return replacing(node, { part, isOfImages, inputs }, targets, isOfImages ? replaced.slice(1) : replaced);
}

/** The elements of one image, those at some places replaced in order by what has the shape `dims`. */
function replacing(
  node: Node,
  { part, isOfImages, inputs }: Pick<AtPlaces, 'inputs'> & ReturnType<typeof partOf>,
  targets: readonly number[],
  dims: readonly number[],
): Node[] {
  if (textAttribute(node, 'reduction', 'none') !== 'none')
    throw new ModelError('a reduction is not supported, only the replacement of parts');
  const updates = inputs[2];
  const isAlike = updates?.kind === 'activation' && (updates.value.shape[0] === 'N') === isOfImages;
  if (!isAlike)
    throw new ModelError(
      `what replaces is ${isOfImages ? 'not ' : ''}computed from the image, unlike what it replaces parts of, which is not supported: write it with torch.where and a mask`,
    );
  const { part: given } = partOf(modelShape(updates.value.shape, updates.batch));
  if (String(given) !== String(dims))
    throw new ModelError(`[${listed(given)}] is to replace parts of shape [${listed(dims)}]`);
  const own = elementCount(part);
  const sources = Array.from({ length: own }, (_, index) => index);
  targets.forEach((target, index) => {
    if (sources[target] !== target) throw new ModelError('it replaces a part twice');
    sources[target] = own + index;
  });
  const made = new Primitives(node);
  const inRow = (slot: number): string =>
    made.step('Reshape', [made.input(slot), made.integers(isOfImages ? [0, -1] : [-1])]);
  const axis = int(isOfImages ? 1 : 0);
  const both = made.step('Concat', [inRow(0), inRow(2)], { axis });
  return made.ending('Gather', [both, made.places(sources, part)], { axis });
}
