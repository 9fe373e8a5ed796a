import type { Cell } from '../../stages/cells.js';
import { isSameReading, type LogitReading, type ReadingName } from '../../stages/detectors/logit-readings.js';
import { logitsAt } from '../../workers/store/shard-logits.js';
import { readingsAt } from '../../workers/store/shard-readings.js';
import type { ShardScores } from '../../workers/store/shard-scores.js';

/** What detectors read of the logits of a split, filled in shard by shard. */
export class LogitValues {
  readonly #readings: readonly (LogitReading & {
    readonly values: Float64Array;
    readonly there: Uint8Array;
  })[];

  /** @param rows of the split */
  constructor(readings: readonly LogitReading[], rows: number) {
    this.#readings = readings.map((reading) => ({
      ...reading,
      values: new Float64Array(rows).fill(Number.NaN),
      there: new Uint8Array(rows),
    }));
  }

  get isAsked(): boolean {
    return this.#readings.length > 0;
  }

  /**
   * Takes what a shard has kept: logits, or what was read of them where they were.
   * @param placeOf place in the split of one of the shard's rows; negative where it has none
   */
  take(scores: ShardScores, placeOf: (row: number) => number): void {
    if (!this.isAsked) return;
    const { logits, readings } = scores;
    const from = readings && this.#readings.map((reading) => indexOf(readings.names, reading));
    for (const [nth, row] of scores.usable.entries()) {
      const at = placeOf(row);
      if (at < 0) continue;
      const outputs = logits && logitsAt(logits, nth);
      const kept = readings && readingsAt(readings, nth);
      for (const [index, { temperature, read, values, there }] of this.#readings.entries()) {
        const value = outputs ? read(outputs, temperature) : kept?.[from?.[index] ?? -1];
        if (value === undefined) continue;
        values[at] = value;
        there[at] = 1;
      }
    }
  }

  lacks(at: number): boolean {
    return this.#readings.some(({ there }) => there[at] === 0);
  }

  /** Of a cell, by detector, [rows]; nothing where none reads logits there. */
  at({ epsilon, temperature }: Cell): readonly (readonly [detector: string, values: Float64Array])[] {
    return this.#readings
      .filter((reading) => epsilon === 0 && reading.temperature === temperature)
      .map(({ detector, values }) => [detector, values] as const);
  }
}

function indexOf(names: readonly ReadingName[], reading: ReadingName): number {
  return names.findIndex((name) => isSameReading(name, reading));
}
