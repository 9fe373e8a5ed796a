import { largestPlaces } from '../../stages/metrics/largest.js';
import type { SplitScores } from '../../stages/metrics/split-scores.js';
import { number, oneWordOf, orNull, text, whole } from '../../workers/arrow/column.js';
import { type RowIn, rowType } from '../../workers/arrow/row-type.js';
import { setRoles } from '../experiment/sets.js';
import type { OpenSet } from '../opening/opened.js';
import { mainAblation } from '../reduction/results.js';
import type { Analysis } from './analysis.js';
import { chosenForSet, chosenScores } from './chosen-scores.js';

/** Images that are named at either end. */
const shown = 12;

/** Rows of `extreme-images.arrow`. */
const extremeRows = rowType({
  file: 'extreme-images.arrow',
  version: 1,
  columns: {
    model: text,
    set: text,
    role: oneWordOf(setRoles),
    /** For which outlier set the detector's cell was chosen: the set itself, or of in-domain images the first outlier set. */
    outlier: text,
    detector: text,
    end: oneWordOf(['most suspicious', 'least suspicious']),
    /** From 1, the most extreme; of equal scores the image that comes first in its manifest. */
    rank: whole,
    image: text,
    /** Where it lies, as its manifest says. */
    path: text,
    /** Class; null where the image has none. */
    label: orNull(whole),
    /** ĉ. */
    predicted: whole,
    /** Larger for what is taken for out-of-domain. */
    score: number,
  },
});

/** An image that a detector finds most, or least, suspicious of its set. */
export type ExtremeRow = RowIn<typeof extremeRows>;

/** The most and the least suspicious test images of every set, by every detector. */
export const extremeImages: Analysis<ExtremeRow> = {
  name: 'extreme-images',
  rows: extremeRows,
  isAsked: () => true,
  reduce: async ({ experiment, subject, selection, analysed: { set, test } }) => {
    const outlier = set.role === 'outlier' ? set.name : experiment.outliers[0]?.name;
    if (outlier === undefined || set.role === 'validation' || test.size === 0) return [];
    const found = chosenForSet(selection, outlier, mainAblation).map((row) => ({
      row,
      extremes: extremesOf(chosenScores(subject, row, test)),
    }));
    const places = new Set(found.flatMap(({ extremes }) => extremes.map(({ place }) => place)));
    const paths = pathsOf(set, test, places);
    return found.flatMap(({ row, extremes }) =>
      extremes.map(({ end, rank, place, score }): ExtremeRow => {
        const label = test.labels[place] ?? -1;
        return {
          ...{ model: subject.name, set: set.name, role: set.role, outlier, detector: row.detector },
          ...{ end, rank, image: test.idAt(place), path: paths.get(place) ?? '' },
          ...{ label: label < 0 ? null : label, predicted: test.at(row).predicted[place] ?? -1, score },
        };
      }),
    );
  },
  // Names of images are nothing for a table: the report shows the images.
  tables: () => [],
};

/** An image by its place among the usable ones of its split. */
interface Extreme extends Pick<ExtremeRow, 'end' | 'rank' | 'score'> {
  readonly place: number;
}

function extremesOf(scores: Float64Array): readonly Extreme[] {
  const ends = [
    ['most suspicious', largestPlaces(scores, shown)],
    [
      'least suspicious',
      largestPlaces(
        scores.map((score) => -score),
        shown,
      ),
    ],
  ] as const;
  return ends.flatMap(([end, places]) =>
    places.map((place, index) => ({ end, rank: index + 1, place, score: scores[place] ?? Number.NaN })),
  );
}

/** Where the manifest says that some usable images of a test split lie, by their places in the split. */
function pathsOf({ rows: { rows }, split }: OpenSet, test: SplitScores, places: ReadonlySet<number>) {
  const paths = new Map<number, string>();
  let place = 0;
  // Both are in the split's order; the test split lacks those that could not be used.
  for (const row of split.test) {
    if (place >= test.size) break;
    if (rows.idAt(row) !== test.idAt(place)) continue;
    if (places.has(place)) paths.set(place, rows.placeAt(row));
    place += 1;
  }
  return paths;
}
