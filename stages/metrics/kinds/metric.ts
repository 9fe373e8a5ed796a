/** Points of a curve, one a score, from the largest down. As doubles, which is what they are divided as. */
export interface CurvePoints {
  /** Rows met so far. */
  readonly seen: Float64Array;
  /** Outliers among them. */
  readonly positives: Float64Array;
}

/** Takes the points of one curve after another, some at a time. */
export interface Follower {
  /** Begins a curve of so many rows, at least one of each class; it starts where no row is met. */
  begin(inDomain: number, outlier: number): void;
  /** @param count of the points to take: the next ones of the curve; at the last one every row is met */
  add(points: CurvePoints, count: number): void;
}

/**
 * A number that says how well scores tell outliers from in-domain rows, out-of-domain being positive (OpenOOD 1.5's
 * conventions).
 */
export interface Metric<Of extends Follower = Follower> {
  /** As it is written in files. */
  readonly name: string;
  /** As tables show it. */
  readonly title: string;
  /** Which values are the better ones. */
  readonly best: 'largest' | 'smallest';
  /** Makes what follows curves for the metric: one for all metrics that name the same function here. */
  readonly follow: () => Of;
  /** The metric of a curve that was followed to its end. */
  value(followed: Of): number;
}
