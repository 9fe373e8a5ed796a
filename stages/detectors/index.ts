import { closest } from 'fastest-levenshtein';
import { GrodinError } from '../errors.js';
import type { Detector } from './detector.js';
import { g } from './g.js';
import { ml } from './ml.js';
import { msp } from './msp.js';
import { odin } from './odin.js';
import { sg } from './sg.js';

/** A name that no detector has. */
export class UnknownDetectorError extends GrodinError {
  constructor(message: string, options?: ErrorOptions) {
    super('input', message, options);
  }
}

/** Every detector, in the order of the paper's columns. To add one, write its file and list it here. */
export const detectors: readonly Detector[] = [msp, odin, ml, g, sg];

/** The names of those that an experiment has where it names none. */
export const usualDetectors: readonly string[] = detectors
  .filter(({ isUsual }) => isUsual)
  .map(({ name }) => name);

/** @throws UnknownDetectorError with the nearest name, when there is no detector of that very name */
export function detectorNamed(name: string): Detector {
  const found = detectors.find((detector) => detector.name === name);
  if (found !== undefined) return found;
  const names = detectors.map((detector) => detector.name);
  throw new UnknownDetectorError(
    `there is no detector "${name}": did you mean "${closest(name.toUpperCase(), names)}"? ` +
      `Detectors: ${names.join(', ')}`,
  );
}
