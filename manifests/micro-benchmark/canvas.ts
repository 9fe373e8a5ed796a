import type { Colour } from './colour.js';
import type { Outline } from './outlines.js';

/** Side of every image of the benchmark, in pixels. */
export const imageSide = 32;
/** Sub-pixels along each side of a pixel: nine samples a pixel make the edges smooth. */
const samples = 3;
const side = imageSide * samples;

/** Interleaved RGB of one image, [32, 32, 3] row-major, nominally in [0, 1]. */
export type CanvasPixels = Float32Array;

/** How a figure is painted. Positions are in the canvas's coordinates, [-1, 1] from edge to edge. */
export interface Paint {
  readonly colour: Colour;
  /** 1 covers what is below. Default 1. */
  readonly opacity?: number;
  /** Multiplies the colour: light, shadow, surface. Default 1 everywhere. */
  readonly shade?: (x: number, y: number) => number;
}

/** A picture in the making: [-1, 1] × [-1, 1], x to the right and y downwards, at nine samples a pixel. */
export class Canvas {
  readonly #data = new Float32Array(side * side * 3);

  /** Paints every sample. */
  cover(colourAt: (x: number, y: number) => Colour): void {
    for (let row = 0; row < side; row++) {
      for (let column = 0; column < side; column++) {
        const [red, green, blue] = colourAt(coordinate(column), coordinate(row));
        const at = (row * side + column) * 3;
        this.#data[at] = red;
        this.#data[at + 1] = green;
        this.#data[at + 2] = blue;
      }
    }
  }

  /** Fills a closed figure by the even–odd rule. */
  fill(outline: Outline, { colour, opacity = 1, shade }: Paint): void {
    const data = this.#data;
    const [red, green, blue] = colour;
    for (const { row, from, to } of spans(outline)) {
      for (let column = from; column < to; column++) {
        const at = (row * side + column) * 3;
        const light = shade === undefined ? 1 : shade(coordinate(column), coordinate(row));
        data[at] = (data[at] ?? 0) * (1 - opacity) + red * light * opacity;
        data[at + 1] = (data[at + 1] ?? 0) * (1 - opacity) + green * light * opacity;
        data[at + 2] = (data[at + 2] ?? 0) * (1 - opacity) + blue * light * opacity;
      }
    }
  }

  /** The picture at one value a pixel, the mean of its samples. */
  pixels(): CanvasPixels {
    const out = new Float32Array(imageSide * imageSide * 3);
    for (let row = 0; row < side; row++) {
      for (let column = 0; column < side; column++) {
        const from = (row * side + column) * 3;
        const to = (Math.floor(row / samples) * imageSide + Math.floor(column / samples)) * 3;
        for (let channel = 0; channel < 3; channel++) {
          out[to + channel] =
            (out[to + channel] ?? 0) + (this.#data[from + channel] ?? 0) / (samples * samples);
        }
      }
    }
    return out;
  }
}

/** The centre of a sample. */
function coordinate(index: number): number {
  return ((index + 0.5) / side) * 2 - 1;
}

interface Span {
  readonly row: number;
  readonly from: number;
  /** One past the last column. */
  readonly to: number;
}

/** The runs of samples whose centres lie inside the figure. */
function spans(outline: Outline): Span[] {
  const runs: Span[] = [];
  const ys = outline.map(({ y }) => y);
  const firstRow = Math.max(0, Math.floor(((Math.min(...ys) + 1) / 2) * side));
  const lastRow = Math.min(side - 1, Math.ceil(((Math.max(...ys) + 1) / 2) * side));
  for (let row = firstRow; row <= lastRow; row++) {
    const crossings = crossingsAt(outline, coordinate(row));
    for (let i = 0; i + 1 < crossings.length; i += 2) {
      const from = Math.max(0, firstIndexFrom(crossings[i] ?? 0));
      const to = Math.min(side, firstIndexFrom(crossings[i + 1] ?? 0));
      if (from < to) runs.push({ row, from, to });
    }
  }
  return runs;
}

/** Index of the first sample whose centre is at or right of x. */
function firstIndexFrom(x: number): number {
  return Math.ceil(((x + 1) / 2) * side - 0.5);
}

/** Where the outline crosses a horizontal line, in order. */
function crossingsAt(outline: Outline, y: number): number[] {
  const crossings: number[] = [];
  let previous = outline.at(-1);
  for (const corner of outline) {
    if (previous !== undefined && previous.y <= y !== corner.y <= y) {
      crossings.push(previous.x + ((y - previous.y) / (corner.y - previous.y)) * (corner.x - previous.x));
    }
    previous = corner;
  }
  return crossings.sort((a, b) => a - b);
}
