import { closest } from 'fastest-levenshtein';
import { UnknownDetectorError } from '../errors.js';
import type { Detector } from './detector.js';
import { energy } from './energy.js';
import { entropy } from './entropy.js';
import { g } from './g.js';
import { gen } from './gen.js';
import { klUniform } from './kl-uniform.js';
import { margin } from './margin.js';
import { ml } from './ml.js';
import { msp } from './msp.js';
import { odin } from './odin.js';
import { s } from './s.js';
import { sg } from './sg.js';
import { tempScale } from './temp-scale.js';

/** Every detector, first the paper's in the order of its columns. To add one, write its file and list it here. */
const listed = [
  msp,
  odin,
  ml,
  g,
  sg,
  energy,
  entropy,
  margin,
  gen,
  klUniform,
  s,
  tempScale,
] as const satisfies readonly Detector[];

/** Every detector, in the order of the paper's columns. */
export const detectors: readonly Detector[] = listed;

type Listed = (typeof listed)[number];
type Shown = Exclude<Listed, { readonly shown: null }>;

/** The names of the detectors that `grodin score` can show: all but those that are fitted. */
export type ShownDetector = Shown['name'];

/** The names of the paper's, which it shows where none are named. */
export type UsualDetector = Extract<Shown, { readonly isUsual: true }>['name'];

/** By which key a score of some detectors is found. */
export type KeyOf<Name extends ShownDetector> = Extract<Shown, { readonly name: Name }>['shown']['key'];

/** The keys of the detectors that `grodin score` can show. */
export type ShownKey = KeyOf<ShownDetector>;

/** The names of the detectors that read the backward pass. */
export const gradientDetectors: readonly string[] = detectors
  .filter(({ needsGradient }) => needsGradient)
  .map(({ name }) => name);

/** The names of those that an experiment has where it names none. */
export const usualDetectors: readonly string[] = detectors
  .filter(({ isUsual }) => isUsual)
  .map(({ name }) => name);

/** Two detectors, one that reads only the forward pass and one that reads the backward pass: together they need every pass. */
export const oneOfEachPass: readonly string[] = [false, true].flatMap(
  (backward) => detectors.find(({ needsGradient }) => needsGradient === backward)?.name ?? [],
);

/** @throws UnknownDetectorError with the nearest name, when there is no detector of that very name */
export function detectorNamed(name: string): Detector {
  const found = detectors.find((detector) => detector.name === name);
  if (found !== undefined) return found;
  const names = detectors.map((detector) => detector.name);
  const inCapitals = names.map((one) => one.toUpperCase());
  const nearest = names[inCapitals.indexOf(closest(name.toUpperCase(), inCapitals))];
  throw new UnknownDetectorError(
    `there is no detector "${name}": did you mean "${nearest}"? ` + `Detectors: ${names.join(', ')}`,
  );
}
