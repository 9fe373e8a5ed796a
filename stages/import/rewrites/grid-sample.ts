import { ModelError } from '../../errors.js';
import { int } from '../../graph/builder.js';
import type { Node } from '../../onnx/model.js';
import { listed } from '../../shown.js';
import { intAttribute, textAttribute } from '../attributes.js';
import { weightOfSampling } from '../multiplications.js';
import { listedPlaces } from './constant-places.js';
import { type AtPlaces, partOf } from './gathered-elements.js';
import { Primitives } from './primitives.js';

/** Where a coordinate of the grid reads along an axis: places, and what each of them weighs. */
type Taps = readonly (readonly [place: number, weight: number])[];

/**
 * GridSample at a constant grid, the same for each image: a sum over the corners around each place of what lies there,
 * gathered, times what it weighs.
 * @throws ModelError, without naming the node, for a grid that is computed, and for what else is not supported
 */
export function sampledAtPlaces(node: Node, { shape, inputs, fixedBatch }: AtPlaces): Node[] {
  const { part, isOfImages } = partOf(shape);
  if (inputs[1]?.kind === 'activation')
    throw new ModelError(
      'its grid is computed, so that where it reads depends on the image or on parameters, as in spatial transformers, which is not supported; give a network with a fixed grid',
    );
  const { dims, data } = listedPlaces(inputs[1], inputs[2], isOfImages, fixedBatch);
  const [rows = 0, columns = 0, two] = dims;
  const [channels = 0, height = 0, width = 0] = part;
  if (!isOfImages || part.length !== 3 || dims.length !== 3 || two !== 2)
    throw new ModelError(
      `a grid of shape [N, ${listed(dims)}] over [${listed(shape)}]; only grids [N, H, W, 2] over images are supported`,
    );
  const along = tapsOf(node);
  const count = rows * columns;
  const taps = Array.from({ length: count }, (_, at): Taps => {
    const [x, y] = [along(data[2 * at] ?? 0, width), along(data[2 * at + 1] ?? 0, height)];
    return y.flatMap(([row, up]) => x.map(([column, left]) => [row * width + column, up * left] as const));
  });
  const made = new Primitives(node);
  const flat = made.step('Reshape', [made.input(0), made.integers([0, channels, -1])]);
  const corners = taps[0]?.length ?? 0;
  const parts = Array.from({ length: corners }, (_, corner) => {
    const places = taps.map((each) => each[corner]?.[0] ?? 0);
    const weights = taps.map((each) => each[corner]?.[1] ?? 0);
    const picked = made.step('Gather', [flat, made.places(places, [count])], { axis: int(2) });
    return made.step(weightOfSampling, [picked, made.numbers(weights)]);
  });
  const [first = '', ...others] = parts;
  const sum = others.reduce((before, one) => made.step('Add', [before, one]), first);
  const whole = [0, channels, rows, columns];
  return made.ending('Reshape', [sum, made.integers(whole)]);
}

/** How a coordinate from −1 to 1 is read along an axis. */
function tapsOf(node: Node): (coordinate: number, size: number) => Taps {
  const mode = textAttribute(node, 'mode', 'linear');
  const padding = textAttribute(node, 'padding_mode', 'zeros');
  const isAligned = intAttribute(node, 'align_corners', 0) !== 0;
  const isNearest = mode === 'nearest';
  if (!isNearest && mode !== 'linear' && mode !== 'bilinear')
    throw new ModelError(`mode is ${mode}; only linear and nearest are supported`);
  if (padding !== 'zeros' && padding !== 'border' && padding !== 'reflection')
    throw new ModelError(`padding_mode is ${padding}, expected zeros, border or reflection`);
  return (coordinate, size) => {
    const raw = isAligned ? ((coordinate + 1) / 2) * (size - 1) : ((coordinate + 1) * size - 1) / 2;
    const inside = Math.min(Math.max(raw, 0), size - 1);
    const at =
      padding === 'zeros'
        ? raw
        : padding === 'border'
          ? inside
          : Math.min(
              Math.max(isAligned ? reflected(raw, 0, size - 1) : reflected(raw, -0.5, size - 0.5), 0),
              size - 1,
            );
    const tap = (place: number, weight: number) =>
      place >= 0 && place < size ? ([place, weight] as const) : ([0, 0] as const);
    if (isNearest) return [tap(toEven(at), 1)];
    const below = Math.floor(at);
    return [tap(below, 1 - (at - below)), tap(below + 1, at - below)];
  };
}

/** A coordinate thrown back at both ends as often as it takes. */
function reflected(at: number, low: number, high: number): number {
  const span = high - low;
  if (span === 0) return 0;
  const from = Math.abs(at - low);
  const beyond = from % span;
  return Math.floor(from / span) % 2 === 0 ? low + beyond : high - beyond;
}

/** The nearest whole number, of two that are as near the even one. */
function toEven(at: number): number {
  const below = Math.floor(at);
  const part = at - below;
  return part < 0.5 || (part === 0.5 && below % 2 === 0) ? below : below + 1;
}
