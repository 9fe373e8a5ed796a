import type { Candidates } from './candidates.js';
import { glassBlur } from './glass-blur.js';
import type { ByteImage } from './image.js';
import { inDomainClasses } from './in-domain-classes.js';
import type { ObjectClass } from './object.js';
import { drawPhotograph, drawRendition, microBenchmarkSeed } from './photograph-splits.js';
import { randomFor } from './random.js';
import { unseenClasses } from './unseen-classes.js';

/** The in-domain set and the four outlier sets, named after ImageNet's of section 3. */
export const setNames = ['clean', 'O', 'R', 'A', 'C'] as const;
export type SetName = (typeof setNames)[number];

/** Images of each in-domain class in the set `clean`, and so in C. */
export const cleanPerClass = 120;
/** Images of each in-domain class in the set R. */
const renditionsPerClass = 36;
/** Images of each unseen class in the set O. */
export const unseenPerClass = 45;
/** Images in the set A, over all classes. */
export const mistakes = 360;

/** One image of a set before it is drawn. */
export interface PlannedImage {
  readonly set: SetName;
  /** Also the file's path without its suffix: `SET/CLASS/INDEX`. */
  readonly id: string;
  /** Place of the class in the networks' output; null for unseen classes. */
  readonly label: number | null;
  /** The image this one was made from, or its own id. */
  readonly base: string;
  draw(): ByteImage;
}

/** All images of the benchmark, set by set. */
export function planImages(candidates: Candidates): readonly PlannedImage[] {
  // C needs each clean image once more; drawing is most of the time that writing the benchmark takes.
  const drawn = new Map<string, ByteImage>();
  const drawClean = (object: ObjectClass, index: number): ByteImage => {
    const id = imageId('clean', object.name, index);
    const image = drawn.get(id) ?? drawPhotograph('clean', object, index);
    drawn.set(id, image);
    return image;
  };
  return [
    ...interleave(cleanPerClass).map(({ object, label, index }) => {
      const id = imageId('clean', object.name, index);
      return {
        set: 'clean' as const,
        id,
        label,
        base: id,
        draw: () => drawClean(object, index),
      };
    }),
    ...chosen('O', candidates),
    ...interleave(renditionsPerClass).map(({ object, label, index }) => {
      const id = imageId('R', object.name, index);
      return { set: 'R' as const, id, label, base: id, draw: () => drawRendition(object, index) };
    }),
    ...chosen('A', candidates),
    ...interleave(cleanPerClass).map(({ object, label, index }) => ({
      set: 'C' as const,
      id: imageId('C', object.name, index),
      label,
      base: imageId('clean', object.name, index),
      draw: () =>
        glassBlur(drawClean(object, index), randomFor(microBenchmarkSeed, 'glass blur', object.name, index)),
    })),
  ];
}

function chosen(set: 'O' | 'A', candidates: Candidates): PlannedImage[] {
  const split = set === 'O' ? 'unseen' : 'mistakes';
  return (set === 'O' ? unseenClasses : inDomainClasses).flatMap((object, place) =>
    (candidates[set][object.name] ?? []).map((index) => {
      const id = imageId(set, object.name, index);
      const label = set === 'O' ? null : place;
      return { set, id, label, base: id, draw: () => drawPhotograph(split, object, index) };
    }),
  );
}

function interleave(perClass: number) {
  return Array.from({ length: perClass }, (_, index) =>
    inDomainClasses.map((object, label) => ({ object, label, index })),
  ).flat();
}

function imageId(set: SetName, className: string, index: number): string {
  return `${set}/${className}/${String(index).padStart(4, '0')}`;
}
