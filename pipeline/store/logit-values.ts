import type { Cell } from '../../stages/cells.js';
import type { LogitReading } from '../../stages/detectors/logit-readings.js';

/** What detectors read of the logits of a split, filled in shard by shard. */
export class LogitValues {
  readonly #readings: readonly (LogitReading & { readonly values: Float64Array })[];
  readonly #there: Uint8Array;

  /** @param rows of the split */
  constructor(readings: readonly LogitReading[], rows: number) {
    this.#readings = readings.map((reading) => ({
      ...reading,
      values: new Float64Array(rows).fill(Number.NaN),
    }));
    this.#there = new Uint8Array(rows);
  }

  get isAsked(): boolean {
    return this.#readings.length > 0;
  }

  put(at: number, logits: Float32Array): void {
    this.#there[at] = 1;
    for (const { values, temperature, read } of this.#readings) values[at] = read(logits, temperature);
  }

  lacks(at: number): boolean {
    return this.isAsked && this.#there[at] === 0;
  }

  /** Of a cell, by detector, [rows]; nothing where none reads logits there. */
  at({ epsilon, temperature }: Cell): readonly (readonly [detector: string, values: Float64Array])[] {
    return this.#readings
      .filter((reading) => epsilon === 0 && reading.temperature === temperature)
      .map(({ detector, values }) => [detector, values] as const);
  }
}
