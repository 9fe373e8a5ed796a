import type { CanvasPixels } from './canvas.js';
import { cartoon, lineDrawing, neon, paperCut, silhouette } from './drawn-renditions.js';
import { halftone, mosaic, negative, pencilSketch, screenPrint } from './filtered-renditions.js';
import type { ObjectClass } from './object.js';
import type { Random } from './random.js';

/** A way to picture an object other than by a photograph. */
export interface Rendition {
  readonly name: string;
  readonly draw: (object: ObjectClass, random: Random) => CanvasPixels;
}

/** The renditions of the outlier set R; image i of a class is made by rendition i modulo their number. */
export const renditions: readonly Rendition[] = [
  { name: 'line drawing', draw: lineDrawing },
  { name: 'cartoon', draw: cartoon },
  { name: 'negative', draw: negative },
  { name: 'halftone', draw: halftone },
  { name: 'mosaic', draw: mosaic },
  { name: 'pencil sketch', draw: pencilSketch },
  { name: 'silhouette', draw: silhouette },
  { name: 'screen print', draw: screenPrint },
  { name: 'neon', draw: neon },
  { name: 'paper cut', draw: paperCut },
];
