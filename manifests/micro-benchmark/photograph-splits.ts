import { type ByteImage, toBytes } from './image.js';
import { inDomainClasses } from './in-domain-classes.js';
import type { ObjectClass } from './object.js';
import { photograph } from './photograph.js';
import { randomFor } from './random.js';
import { renditions } from './renditions.js';
import { unseenClasses } from './unseen-classes.js';

/** Written into every image's key; with another seed it is another benchmark, which the networks never saw. */
export const microBenchmarkSeed = 2021;

/** Disjoint sources of photographs. Images of different splits never share a draw. */
export type PhotographSplit =
  /** What the networks learn from. */
  | 'train'
  /** The clean in-domain images of the benchmark. */
  | 'clean'
  /** In-domain images from which the outlier set A is chosen. */
  | 'mistakes'
  /** Images of unseen classes from which the outlier set O is chosen. */
  | 'unseen';

/** The classes of a split, in the order of their labels where they have any. */
export function classesOf(split: PhotographSplit): readonly ObjectClass[] {
  return split === 'unseen' ? unseenClasses : inDomainClasses;
}

/** One photograph, drawn independently of all others. */
export function drawPhotograph(split: PhotographSplit, object: ObjectClass, index: number): ByteImage {
  return toBytes(photograph(object, randomFor(microBenchmarkSeed, split, object.name, index)));
}

/** One picture of an object in another rendition; the index decides which. */
export function drawRendition(object: ObjectClass, index: number): ByteImage {
  const rendition = renditions[index % renditions.length] ?? renditions[0];
  if (rendition === undefined) throw new RangeError('there are no renditions');
  return toBytes(rendition.draw(object, randomFor(microBenchmarkSeed, 'renditions', object.name, index)));
}
