import { LogitRow } from '../detectors/logit-row.js';
import { divergenceTerm } from './divergence.js';
import { logRatiosToMean } from './log-ratios.js';

/** Means over members of how far they and their mean are from each other. */
export interface Divergences {
  /** Of KL(p ‖ mean). */
  readonly fromMean: number;
  /** Of KL(mean ‖ p). */
  readonly ofMean: number;
}

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
  readonly #logits: readonly ArrayLike<number>[];
  readonly #temperature: number;
  #divergences: Divergences | null = null;

  /** @param logits of each member, M of [K], M at least 1 and K at least 2 */
  constructor(logits: readonly ArrayLike<number>[], temperature = 1) {
    this.#logits = logits;
    this.#temperature = temperature;
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

  /** What the members disagree on: the means over them of KL(p ‖ mean) and of KL(mean ‖ p). */
  get divergences(): Divergences {
    this.#divergences ??= this.#sumDivergences();
    return this.#divergences;
  }

  #sumDivergences(): Divergences {
    const mean = this.logMean.map((log) => Math.exp(log));
    let fromMean = 0;
    let ofMean = 0;
    for (const [member, ratios] of logRatiosToMean(this.#logits, this.logP, this.#temperature).entries()) {
      const logP = this.logP[member];
      for (const [c, ratio] of ratios.entries()) {
        const p = Math.exp(logP?.[c] ?? Number.NaN);
        const q = mean[c] ?? Number.NaN;
        fromMean += divergenceTerm(p, q, ratio);
        ofMean += divergenceTerm(q, p, -ratio);
      }
    }
    return { fromMean: fromMean / this.count, ofMean: ofMean / this.count };
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
