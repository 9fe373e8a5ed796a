import { LogitRow } from '../detectors/logit-row.js';

/**
 * What the members of an ensemble say of one image: the softmax of each, and their mean, in the log domain and in float64, so that
 * logits that lie 150 apart lose nothing.
 */
export class Members {
  /** M */
  readonly count: number;
  /** K */
  readonly classes: number;
  /** log p of each member, M of [K]. */
  readonly logP: readonly Float64Array[];
  /** log of the mean probabilities, [K]. */
  readonly logMean: Float64Array;
  /** log(1 − mean probability) of each class, [K]. */
  readonly logMeanComplement: Float64Array;

  /** @param logits of each member, M of [K], M at least 1 and K at least 2 */
  constructor(logits: readonly ArrayLike<number>[], temperature = 1) {
    const rows = logits.map((row) => new LogitRow(row, temperature));
    this.count = rows.length;
    this.classes = rows[0]?.classes ?? 0;
    this.logP = rows.map((row) => row.logProbabilities());
    const complements = rows.map((row) => row.logComplements());
    this.logMeanComplement = this.#logMeanOf(complements);
    const direct = this.#logMeanOf(this.logP);
    // Where the mean is near 1 its logarithm is near 0, and is known from what is missing to 1.
    this.logMean = direct.map((log, c) => {
      const missing = this.logMeanComplement[c] ?? Number.NaN;
      return missing < -1 ? Math.log1p(-Math.exp(missing)) : log;
    });
  }

  /** The mean over members of Σ_c p_c · f(member, c). */
  meanExpected(f: (member: number, c: number) => number): number {
    let sum = 0;
    for (const [member, logP] of this.logP.entries())
      for (const [c, log] of logP.entries()) sum += Math.exp(log) * f(member, c);
    return sum / this.count;
  }

  /** Σ_c of the mean probability · f(c). */
  expectedByMean(f: (c: number) => number): number {
    let sum = 0;
    for (const [c, log] of this.logMean.entries()) sum += Math.exp(log) * f(c);
    return sum;
  }

  /** The mean over members of log p, [K]. */
  meanLog(): Float64Array {
    const mean = new Float64Array(this.classes);
    for (const logP of this.logP)
      for (const [c, log] of logP.entries()) mean[c] = (mean[c] ?? 0) + log / this.count;
    return mean;
  }

  /** Class by class, the log of the mean of exponentials. */
  #logMeanOf(rows: readonly Float64Array[]): Float64Array {
    return Float64Array.from({ length: this.classes }, (_, c) => {
      const largest = rows.reduce(
        (most, row) => Math.max(most, row[c] ?? Number.NaN),
        Number.NEGATIVE_INFINITY,
      );
      if (largest === Number.NEGATIVE_INFINITY) return largest;
      const sum = rows.reduce((total, row) => total + Math.exp((row[c] ?? Number.NaN) - largest), 0);
      return largest + Math.log(sum / rows.length);
    });
  }
}
