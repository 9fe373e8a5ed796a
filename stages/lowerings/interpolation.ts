import { ModelError } from '../errors.js';
import { floatAttribute, intAttribute, textAttribute } from '../import/attributes.js';
import type { Node } from '../onnx/model.js';
import { shown } from '../shown.js';

/** How a Resize reads between pixels. */
export interface Interpolation {
  readonly mode: 'nearest' | 'linear' | 'cubic';
  /** Where a pixel of the result lies among those that are read. */
  readonly coordinates: keyof typeof places;
  readonly rounding: keyof typeof roundings;
  /** The cubic's free number. */
  readonly cubic: number;
  /** Whether places outside get no weight, rather than the pixel at the edge theirs. */
  readonly excludesOutside: boolean;
}

/** Sizes along an axis. */
interface Sizes {
  readonly from: number;
  readonly to: number;
  readonly scale: number;
}

type Place = (at: number, sizes: Sizes) => number;

const f = Math.fround;

/** As ONNX Runtime computes them, in single precision. */
const halfPixel: Place = (at, { scale }) => f(f(f(at + 0.5) / scale) - 0.5);
const places = {
  half_pixel: halfPixel,
  pytorch_half_pixel: (at, sizes) => (sizes.to > 1 ? halfPixel(at, sizes) : 0),
  align_corners: (at, { from, to }) => (to > 1 ? f(f(at * (from - 1)) / (to - 1)) : 0),
  asymmetric: (at, { scale }) => f(at / scale),
  tf_half_pixel_for_nn: (at, { scale }) => f(f(at + 0.5) / scale),
  half_pixel_symmetric: (at, sizes) => {
    const { from, to, scale } = sizes;
    const middle = f(from / 2);
    return f(f(middle * f(1 - f(to / f(scale * from)))) + halfPixel(at, sizes));
  },
} satisfies Record<string, Place>;

const roundings = {
  round_prefer_floor: (x: number) => Math.ceil(x - 0.5),
  round_prefer_ceil: (x: number) => Math.floor(x + 0.5),
  floor: Math.floor,
  ceil: Math.ceil,
};

/** @throws ModelError, without naming the node, for attributes that are not known */
export function interpolationOf(node: Node): Interpolation {
  if (intAttribute(node, 'antialias', 0) !== 0) throw new ModelError('antialias is not supported');
  const policy = textAttribute(node, 'keep_aspect_ratio_policy', 'stretch');
  if (policy !== 'stretch')
    throw new ModelError(`keep_aspect_ratio_policy is ${shown(policy)}, only stretch is supported`);
  return {
    mode: oneOf(node, 'mode', 'nearest', { nearest: 0, linear: 0, cubic: 0 }),
    coordinates: oneOf(node, 'coordinate_transformation_mode', 'half_pixel', places),
    rounding: oneOf(node, 'nearest_mode', 'round_prefer_floor', roundings),
    cubic: floatAttribute(node, 'cubic_coeff_a', -0.75),
    excludesOutside: intAttribute(node, 'exclude_outside', 0) !== 0,
  };
}

function oneOf<T extends object>(
  node: Node,
  name: string,
  usual: keyof T & string,
  known: T,
): keyof T & string {
  const given = textAttribute(node, name, usual);
  const isKnown = (key: string): key is keyof T & string => Object.hasOwn(known, key);
  if (!isKnown(given))
    throw new ModelError(`${name} is ${shown(given)}, expected one of ${Object.keys(known).join(', ')}`);
  return given;
}

/** What the number at a place of the result reads: places, which may stand several times, and their weights. */
export function weightsAlong(
  { mode, coordinates, rounding, cubic, excludesOutside }: Interpolation,
  at: number,
  sizes: Sizes,
): [place: number, weight: number][] {
  const { from } = sizes;
  const x = places[coordinates](at, sizes);
  const inside = (place: number): number => Math.min(Math.max(place, 0), from - 1);
  if (mode === 'nearest') return [[inside(roundings[rounding](x)), 1]];
  if (mode === 'linear') {
    const within = inside(x);
    const low = Math.floor(within);
    return [
      [low, 1 - (within - low)],
      [inside(low + 1), within - low],
    ];
  }
  const low = Math.floor(x);
  const reached = [-1, 0, 1, 2].map((step): [number, number] => [
    low + step,
    cubicWeight(x - low - step, cubic),
  ]);
  if (!excludesOutside) return reached.map(([place, weight]) => [inside(place), weight]);
  const kept = reached.filter(([place]) => place === inside(place));
  const total = kept.reduce((sum, [, weight]) => sum + weight, 0);
  return kept.map(([place, weight]) => [place, weight / total]);
}

/** The weight of a pixel at a distance (Keys). */
function cubicWeight(distance: number, a: number): number {
  const d = Math.abs(distance);
  if (d <= 1) return ((a + 2) * d - (a + 3)) * d * d + 1;
  return ((a * d - 5 * a) * d + 8 * a) * d - 4 * a;
}
