/** What has been accepted at some thresholds, one a score, from the least suspicious on: counts that rise. */
export interface AcceptancePoints {
  /** Labelled in-domain rows accepted. */
  readonly accepted: Float64Array;
  /** Those of them whose prediction is wrong. */
  readonly wrong: Float64Array;
  /** Outliers accepted. */
  readonly outliers: Float64Array;
}

/** What counts as a failure when it is accepted. With outliers they are among the rows, without them they are left out. */
export const failureKinds = ['wrong', 'wrong-or-outlier'] as const;
export type Failures = (typeof failureKinds)[number];

/** Areas under the curves of one kind of failures. */
export interface RiskAreas {
  readonly rows: number;
  /** Failures among them. */
  readonly failed: number;
  /** Σ over k = 1 … rows of the share of failures among the first k; rows of one score in the mean over all their orders. */
  readonly risks: number;
  /** Twice the area under the number of failures over the number of rows, both accepted. */
  readonly twiceFailed: number;
}

const noAreas: RiskAreas = { rows: 0, failed: 0, risks: 0, twiceFailed: 0 };

/** All areas that metrics of selective prediction are made from, in one loop over the points of a resample. */
export class Risks {
  /** 1 + 1/2 + … + 1/n, from n = 0 on. */
  readonly #harmonic: Float64Array;
  #inDomain = noAreas;
  #withOutliers = noAreas;
  #outliers = 0;
  #twiceRight = 0;

  /** @param rows the largest number of rows that are accepted */
  constructor(rows: number) {
    const harmonic = new Float64Array(rows + 1);
    for (let n = 1; n <= rows; n++) harmonic[n] = (harmonic[n - 1] ?? 0) + 1 / n;
    this.#harmonic = harmonic;
  }

  begin(): void {
    this.#inDomain = noAreas;
    this.#withOutliers = noAreas;
    this.#outliers = 0;
    this.#twiceRight = 0;
  }

  /** @param count of the points to take: the next ones */
  add(points: AcceptancePoints, count: number): void {
    const harmonic = this.#harmonic;
    let outliers = this.#outliers;
    let twiceRight = this.#twiceRight;
    let { rows, failed, risks, twiceFailed } = this.#inDomain;
    let { rows: rowsBoth, failed: failedBoth, risks: risksBoth, twiceFailed: twiceBoth } = this.#withOutliers;
    let reached = harmonic[rows] ?? 0;
    let reachedBoth = harmonic[rowsBoth] ?? 0;
    for (let i = 0; i < count; i++) {
      const nextRows = points.accepted[i] ?? 0;
      const nextFailed = points.wrong[i] ?? 0;
      const nextOutliers = points.outliers[i] ?? 0;
      const step = nextRows - rows;
      const stepFailed = nextFailed - failed;
      const next = harmonic[nextRows] ?? 0;
      // Σ over j = 1 … step of (failed + j · stepFailed / step) / (rows + j); nothing where the step is empty.
      risks += stepFailed + (failed - (stepFailed * rows) / Math.max(step, 1)) * (next - reached);
      twiceFailed += step * (failed + nextFailed);
      const stepOut = nextOutliers - outliers;
      twiceRight += stepOut * (rows - failed + nextRows - nextFailed);
      const nextBoth = nextRows + nextOutliers;
      const nextFailedBoth = nextFailed + nextOutliers;
      const stepBoth = step + stepOut;
      const stepFailedBoth = stepFailed + stepOut;
      const nextReached = harmonic[nextBoth] ?? 0;
      risksBoth +=
        stepFailedBoth +
        (failedBoth - (stepFailedBoth * rowsBoth) / Math.max(stepBoth, 1)) * (nextReached - reachedBoth);
      twiceBoth += stepBoth * (failedBoth + nextFailedBoth);
      rows = nextRows;
      failed = nextFailed;
      reached = next;
      outliers = nextOutliers;
      rowsBoth = nextBoth;
      failedBoth = nextFailedBoth;
      reachedBoth = nextReached;
    }
    this.#outliers = outliers;
    this.#twiceRight = twiceRight;
    this.#inDomain = { rows, failed, risks, twiceFailed };
    this.#withOutliers = { rows: rowsBoth, failed: failedBoth, risks: risksBoth, twiceFailed: twiceBoth };
  }

  of(failures: Failures): RiskAreas {
    return failures === 'wrong' ? this.#inDomain : this.#withOutliers;
  }

  /** Outliers accepted. */
  get outliers(): number {
    return this.#outliers;
  }

  /** Twice the area under the number of right predictions over the number of outliers, both accepted. */
  get twiceRight(): number {
    return this.#twiceRight;
  }

  /** The smallest `risks` that rows with so many failures can have: all failures last. */
  leastRisks({ rows, failed }: RiskAreas): number {
    const right = rows - failed;
    // Σ over j = 1 … failed of j / (right + j)
    return failed - right * ((this.#harmonic[rows] ?? 0) - (this.#harmonic[right] ?? 0));
  }
}
