import type { Cell } from '../cells.js';

/** The scores of the usable images of one split of one set at one cell, in the split's row order. */
export interface ScoreColumns {
  /** ĉ per image. */
  readonly predicted: Int32Array;
  /** Per image, where only the set's own classes may be predicted; nothing where that was not asked for. */
  readonly predictedAmongOwn?: Int32Array | null;
  readonly maxLogit: Float64Array;
  /** −λ. */
  readonly logOdds: Float64Array;
  /** log ‖∇_θ ℓ‖²; null where only the forward pass was run. */
  readonly logSG: Float64Array | null;
  /** What detectors read of logits, by their names; nothing where none was asked for. */
  readonly ofLogits?: ReadonlyMap<string, Float64Array>;
}

/** One split (validation or test) of one set, scored by one model. Images that failed anywhere are left out. */
export interface SplitScores {
  readonly set: string;
  /** Number of usable images. */
  readonly size: number;
  /** How many classes the set has of its own; nothing where predictions among them were not asked for. */
  readonly ownClasses?: number | null;
  /** Class per usable image, −1 where unknown. */
  readonly labels: Int32Array;
  /** The id of a usable image, from 0 on in the split's row order. */
  idAt(image: number): string;
  /** The photograph that a usable image is made from, of whatever set: images that share it are not independent. */
  baseAt(image: number): string;
  /** Images left out because they could not be read or scored. */
  readonly failed: number;
  /** @throws when the cell was not computed. */
  at(cell: Cell): ScoreColumns;
}
