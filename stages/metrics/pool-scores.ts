import type { Cell } from '../cells.js';
import type { ScoreColumns, SplitScores } from './split-scores.js';

/**
 * The splits of several sets as one, their images one set behind the other.
 * @param set what the whole is called in messages and results
 */
export function poolScores(set: string, splits: readonly SplitScores[]): SplitScores {
  const [only] = splits;
  if (only !== undefined && splits.length === 1)
    return {
      ...only,
      set,
      at: (cell) => only.at(cell),
      idAt: (image) => only.idAt(image),
      baseAt: (image) => only.baseAt(image),
    };
  const size = splits.reduce((sum, split) => sum + split.size, 0);
  return {
    set,
    size,
    labels: joined(
      new Int32Array(size),
      splits.map(({ labels }) => labels),
    ),
    idAt: (image) => inSplit(splits, image, (split, at) => split.idAt(at)),
    baseAt: (image) => inSplit(splits, image, (split, at) => split.baseAt(at)),
    failed: splits.reduce((sum, { failed }) => sum + failed, 0),
    at: (cell: Cell): ScoreColumns => {
      // A set without usable images may not have been asked for the cell.
      const columns = splits.filter((split) => split.size > 0).map((split) => split.at(cell));
      const detectors = new Set(columns.flatMap(({ ofLogits }) => [...(ofLogits?.keys() ?? [])]));
      const ofLogits = new Map(
        [...detectors].map((name) => [
          name,
          joined(
            new Float64Array(size).fill(Number.NaN),
            columns.map(
              (one) => one.ofLogits?.get(name) ?? new Float64Array(one.maxLogit.length).fill(Number.NaN),
            ),
          ),
        ]),
      );
      const logSGs = columns.map(({ logSG }) => logSG).filter((logSG) => logSG !== null);
      const float = (of: (one: ScoreColumns) => Float64Array) =>
        joined(new Float64Array(size), columns.map(of));
      return {
        predicted: joined(
          new Int32Array(size),
          columns.map(({ predicted }) => predicted),
        ),
        maxLogit: float(({ maxLogit }) => maxLogit),
        logOdds: float(({ logOdds }) => logOdds),
        ...(ofLogits.size === 0 ? {} : { ofLogits }),
        logSG: logSGs.length < columns.length ? null : joined(new Float64Array(size), logSGs),
      };
    },
  };
}

function inSplit(
  splits: readonly SplitScores[],
  image: number,
  of: (split: SplitScores, image: number) => string,
): string {
  let first = 0;
  for (const split of splits) {
    if (image < first + split.size) return of(split, image - first);
    first += split.size;
  }
  throw new RangeError(`there is no image ${image} of ${first}`);
}

function joined<Column extends Int32Array | Float64Array>(into: Column, parts: readonly Column[]): Column {
  let at = 0;
  for (const part of parts) {
    into.set(part, at);
    at += part.length;
  }
  return into;
}
