import type { Detector } from './detector.js';

/** A detector whose temperature was fitted: ε = 0 and that temperature are its one cell. */
export function atTemperature(detector: Detector, temperature: number): Detector {
  return { ...detector, cells: () => [{ epsilon: 0, temperature }] };
}
