import type { SplitScores } from '../../stages/metrics/split-scores.js';

/** The usable test images of one set, as one run has them. */
export interface TestImages extends Pick<SplitScores, 'size' | 'idAt' | 'baseAt'> {
  /** sha256 (hex) of the bytes that an image was read from; null where it is not known. */
  digestAt(image: number): string | null;
}

/** The places in the second run of the first run's images, in the order of these; or why they are not the same. */
export type RowMatch =
  | { readonly places: Uint32Array; readonly why: null }
  | { readonly places: null; readonly why: string };

/**
 * Whether two runs have scored the same images of a set: equal names, made from the same photographs, with equal bytes; in whatever
 * order.
 */
export function matchRows(set: string, first: TestImages, second: TestImages): RowMatch {
  const placeOf = new Map(Array.from({ length: second.size }, (_, image) => [second.idAt(image), image]));
  const places = new Uint32Array(first.size);
  let [missing, changed] = [0, 0];
  for (let image = 0; image < first.size; image += 1) {
    const place = placeOf.get(first.idAt(image));
    if (place === undefined) {
      missing += 1;
      continue;
    }
    places[image] = place;
    const digest = first.digestAt(image);
    if (digest === null || digest !== second.digestAt(place) || first.baseAt(image) !== second.baseAt(place))
      changed += 1;
  }
  const no = (why: string): RowMatch => ({ places: null, why: `${set}: ${why}` });
  const extra = second.size - (first.size - missing);
  if (missing > 0 || extra > 0)
    return no(`${missing} of ${first.size} test images are in the first run alone, ${extra} in the second`);
  if (changed > 0) return no(`${changed} of ${first.size} test images are other files in the second run`);
  return { places, why: null };
}

/** Scores of the second run in the order of the first one's images. */
export function inOrder(scores: Float64Array, places: Uint32Array): Float64Array {
  return Float64Array.from(places, (place) => scores[place] ?? Number.NaN);
}
