/** One image's logits at a temperature, and its softmax probabilities in the log domain, in float64. */
export class LogitRow {
  /** K */
  readonly classes: number;
  readonly temperature: number;
  /** h / T, less the largest, [K]. */
  readonly #shifted: Float64Array;
  /** Of `#shifted`: log Σ exp. */
  readonly #logSum: number;
  readonly #largest: number;
  /** Where the first of the largest is. */
  readonly #predicted: number;

  /** @param logits h, [K], K at least 2 */
  constructor(logits: ArrayLike<number>, temperature: number) {
    const { length } = logits;
    this.classes = length;
    this.temperature = temperature;
    let predicted = 0;
    for (let c = 1; c < length; c += 1) if ((logits[c] ?? 0) > (logits[predicted] ?? 0)) predicted = c;
    this.#predicted = predicted;
    this.#largest = logits[predicted] ?? Number.NaN;
    this.#shifted = Float64Array.from(logits, (logit) => (logit - this.#largest) / temperature);
    this.#logSum = Math.log1p(this.#others(predicted));
  }

  /** log Σ_c exp(h_c / T). */
  get logSumExp(): number {
    return this.#largest / this.temperature + this.#logSum;
  }

  /** log p_c of each class, [K]. */
  logProbabilities(): Float64Array {
    return this.#shifted.map((logit) => logit - this.#logSum);
  }

  /** log(1 − p_c) of each class, [K]: of the predicted one from the others, so that nothing cancels however sure it is. */
  logComplements(): Float64Array {
    return this.logProbabilities().map((logP, c) =>
      c === this.#predicted ? Math.log(this.#others(c)) - this.#logSum : Math.log1p(-Math.exp(logP)),
    );
  }

  /** −λ of the predicted class, however far the others are: the nearest of them is taken out of their sum. */
  get logOdds(): number {
    const [nearest, largest] = this.#second();
    let others = 0;
    for (const [c, logit] of this.#shifted.entries())
      if (c !== this.#predicted && c !== nearest) others += Math.exp(logit - largest);
    return -(largest + Math.log1p(others));
  }

  /** The largest logit less the second largest, not divided by T. */
  get margin(): number {
    const [, second] = this.#second();
    return -second * this.temperature;
  }

  /** Where the first of the largest is, but for the predicted class, and its shifted logit. */
  #second(): readonly [place: number, shifted: number] {
    let place = -1;
    let second = Number.NEGATIVE_INFINITY;
    for (const [c, logit] of this.#shifted.entries())
      if (c !== this.#predicted && logit > second) [place, second] = [c, logit];
    return [place, second];
  }

  /** Σ exp of all but one of the shifted logits. */
  #others(but: number): number {
    let sum = 0;
    for (const [c, logit] of this.#shifted.entries()) if (c !== but) sum += Math.exp(logit);
    return sum;
  }
}
