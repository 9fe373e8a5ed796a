import type { Detector } from './detector.js';
import { distinctCells, type Grid } from './search.js';

/** Which reading of an image's logits, at ε = 0, it is. */
export interface ReadingName {
  /** The detector's name. */
  readonly detector: string;
  readonly temperature: number;
}

/** What one detector reads of an image's logits, at ε = 0 and one temperature. */
export interface LogitReading extends ReadingName {
  readonly read: (logits: ArrayLike<number>, temperature: number) => number;
}

/** Whether two names are of one reading. */
export function isSameReading(a: ReadingName, b: ReadingName): boolean {
  return a.detector === b.detector && a.temperature === b.temperature;
}

/** What detectors read of logits, at every temperature that they search. */
export function logitReadings(detectors: readonly Detector[], grid: Grid): readonly LogitReading[] {
  return detectors.flatMap(({ name, ablations, cells, ofLogits: read }): readonly LogitReading[] => {
    if (read === undefined) return [];
    const searched = distinctCells(ablations.flatMap((ablation) => cells(ablation, grid)));
    return searched
      .filter(({ epsilon }) => epsilon === 0)
      .map(({ temperature }) => ({ detector: name, temperature, read }));
  });
}
