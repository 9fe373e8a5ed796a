import type { Tone } from './colour.js';
import type { Outline } from './outlines.js';
import type { Random } from './random.js';

/** One painted piece of an object. */
export interface ObjectPiece {
  readonly outline: Outline;
  readonly tone: Tone;
}

/** A kind of object that can be drawn in endless variation. */
export interface ObjectClass {
  /** As the class folders are named. */
  readonly name: string;
  /** Its usual hues, as a range in turns. */
  readonly hues: readonly [number, number];
  /** Upright, facing right, within [-1, 1]², in painter's order. */
  draw(random: Random): readonly ObjectPiece[];
}
