import { type Cell, cellKey } from '../../stages/cells.js';
import { detectors } from '../../stages/detectors/index.js';
import type { ScoreColumns, SplitScores } from '../../stages/metrics/split-scores.js';
import { NormalDraws } from '../statistics/normal-draws.js';

/** What scores are made up of. */
export interface MadeUpSet {
  readonly model: string;
  readonly set: string;
  /** Ids of the images, of both splits. */
  readonly ids: readonly string[];
  /** By how many σ its images look like outliers. */
  readonly shift: number;
  /** Whether its images have labels. */
  readonly isLabelled: boolean;
}

const classes = 10;

/** Scores of normal noise about a shift, at every cell that is asked for. */
export function madeUpSplit({ model, set, ids, shift, isLabelled }: MadeUpSet): SplitScores {
  const size = ids.length;
  const own = new NormalDraws('image', model, set).next(size);
  const labels = Int32Array.from({ length: size }, (_, image) => (isLabelled ? image % classes : -1));
  const known = new Map<string, ScoreColumns>();
  const columnsAt = (cell: Cell): ScoreColumns => {
    const draws = new NormalDraws('cell', model, set, cell.epsilon, cell.temperature);
    // What is the image's own, and what differs from score to score.
    const column = (sign: 1 | -1): Float64Array =>
      draws.next(size).map((noise, image) => sign * (shift + (own[image] ?? 0) + 0.5 * noise));
    const right = draws.next(size);
    return {
      predicted: Int32Array.from(labels, (label, image) =>
        label < 0 || (right[image] ?? 0) < -1 ? (image * 7) % classes : label,
      ),
      maxLogit: column(-1),
      logOdds: column(-1),
      logSG: column(1),
      ofLogits: new Map(detectors.map(({ name }) => [name, column(1)])),
    };
  };
  return {
    ...{ set, size, labels, failed: 0 },
    idAt: (image) => ids[image] ?? '',
    baseAt: (image) => `${set} ${ids[image]}`,
    at: (cell) => {
      const key = cellKey(cell);
      const columns = known.get(key) ?? columnsAt(cell);
      known.set(key, columns);
      return columns;
    },
  };
}
