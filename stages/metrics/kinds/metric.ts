/** Points of a curve, one a score, from the largest down. As doubles, which is what they are divided as. */
export interface CurvePoints {
  /** Rows met so far. */
  readonly seen: Float64Array;
  /** Outliers among them. */
  readonly positives: Float64Array;
}

/** Takes the points of one curve after another, some at a time, and makes a number of each curve. */
export interface Follower {
  /** Begins a curve of so many rows, at least one of each class; it starts where no row is met. */
  begin(inDomain: number, outlier: number): void;
  /** @param count of the points to take: the next ones of the curve; at the last one every row is met */
  add(points: CurvePoints, count: number): void;
  /** What the curve comes to, once it has all its points. */
  end(): number;
}

/**
 * A number that says how well scores tell outliers from in-domain rows, out-of-domain being positive (OpenOOD 1.5's
 * conventions).
 */
export interface Metric {
  /** As it is written in files. */
  readonly name: string;
  /** As tables show it. */
  readonly title: string;
  /** Which values are the better ones. */
  readonly best: 'largest' | 'smallest';
  /** @returns what makes the metric of a curve, for any number of curves one after the other */
  follow(): Follower;
}
