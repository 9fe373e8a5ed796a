/** One point of a ROC curve, out-of-domain being positive. */
export interface RocPoint {
  /** Fraction of in-domain rows that are called outliers. */
  readonly falsePositiveRate: number;
  /** Fraction of outliers that are called outliers. */
  readonly truePositiveRate: number;
}

/**
 * A ROC curve thinned for drawing: of the points that thresholds between different scores give, those nearest to equal steps
 * along the curve, and both ends. Rows of one score are one step, so that ties draw a slope and not a stair.
 * @param inDomain scores, larger for what is taken for out-of-domain; at least one
 * @param outlier scores; at least one
 * @param most points that are kept, at least 2
 * @returns ascending, from (0, 0) to (1, 1)
 */
export function rocCurve(inDomain: Float64Array, outlier: Float64Array, most: number): readonly RocPoint[] {
  const points = allPoints(inDomain.slice().sort(), outlier.slice().sort());
  if (points.length <= most) return points;
  const kept: RocPoint[] = [];
  for (const [place, point] of points.entries()) {
    const next = points[place + 1];
    // Of the points before each mark the last; the first and the last of all are before marks of their own.
    if (
      next === undefined ||
      Math.floor(along(next) * stepsOf(most)) > Math.floor(along(point) * stepsOf(most))
    )
      kept.push(point);
  }
  const [first] = points;
  return first === undefined || kept[0] === first ? kept : [first, ...kept];
}

/** Marks along a curve such that no more than so many points are kept: one before each, and the first. */
function stepsOf(most: number): number {
  return (most - 2) / 2;
}

/** From 0 to 2: how much of both classes has been met. */
function along({ falsePositiveRate, truePositiveRate }: RocPoint): number {
  return falsePositiveRate + truePositiveRate;
}

/** @param inside ascending @param outside ascending */
function allPoints(inside: Float64Array, outside: Float64Array): readonly RocPoint[] {
  const points: RocPoint[] = [{ falsePositiveRate: 0, truePositiveRate: 0 }];
  let [i, o] = [inside.length - 1, outside.length - 1];
  while (i >= 0 || o >= 0) {
    const score = Math.max(inside[i] ?? Number.NEGATIVE_INFINITY, outside[o] ?? Number.NEGATIVE_INFINITY);
    while (i >= 0 && inside[i] === score) i -= 1;
    while (o >= 0 && outside[o] === score) o -= 1;
    points.push({
      falsePositiveRate: (inside.length - 1 - i) / inside.length,
      truePositiveRate: (outside.length - 1 - o) / outside.length,
    });
  }
  return points;
}
