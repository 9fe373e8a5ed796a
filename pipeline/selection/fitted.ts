import { atTemperature } from '../../stages/detectors/at-temperature.js';
import type { Detector } from '../../stages/detectors/detector.js';
import { detectorNamed } from '../../stages/detectors/index.js';
import type { SelectionRow } from './selection-rows.js';

/** The temperatures that detectors with `fitTemperature` have, by model and then by detector. */
export type FittedTemperatures = ReadonlyMap<string, ReadonlyMap<string, number>>;

/** Whether a detector's temperature is fitted, and so is none of the grid's. */
export function isFitted(detector: string): boolean {
  return detectorNamed(detector).fitTemperature !== undefined;
}

/** Those that were written down with the chosen cells. */
export function fittedIn(rows: readonly SelectionRow[], detectors: readonly string[]): FittedTemperatures {
  const fitted = new Map<string, Map<string, number>>();
  const names = detectors.filter(isFitted);
  for (const { model, detector, temperature } of rows)
    if (names.includes(detector))
      fitted.set(model, (fitted.get(model) ?? new Map<string, number>()).set(detector, temperature));
  return fitted;
}

/** The detectors that a model is ranked by, each fitted one at its temperature. */
export function withFitted(
  detectors: readonly Detector[],
  fitted: FittedTemperatures,
  model: string,
): readonly Detector[] {
  return detectors.map((detector) => {
    const temperature = fitted.get(model)?.get(detector.name);
    return temperature === undefined ? detector : atTemperature(detector, temperature);
  });
}
