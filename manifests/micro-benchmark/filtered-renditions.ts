import { type CanvasPixels, imageSide } from './canvas.js';
import { type Colour, hsv, luma, mix } from './colour.js';
import type { ObjectClass } from './object.js';
import { photograph, studioPhotograph } from './photograph.js';
import type { Random } from './random.js';

/** The photograph's negative. */
export function negative(object: ObjectClass, random: Random): CanvasPixels {
  return photograph(object, random).map((value) => 1 - value);
}

/** Ink dots on paper whose size follows the darkness of the photograph, on a slanted grid. */
export function halftone(object: ObjectClass, random: Random): CanvasPixels {
  const grey = stretched(studioPhotograph(object, random));
  const paper = hsv(random.next(), random.between(0, 0.2), 1);
  const ink = hsv(random.next(), random.between(0.3, 0.9), random.between(0.1, 0.5));
  const pitch = random.between(2.2, 3.2);
  const angle = random.between(0.3, 1.2);
  return repaint((x, y) => {
    const u = (x * Math.cos(angle) + y * Math.sin(angle)) / pitch;
    const v = (y * Math.cos(angle) - x * Math.sin(angle)) / pitch;
    const distance = Math.hypot(u - Math.round(u), v - Math.round(v));
    const radius = 0.72 * Math.sqrt(1 - at(grey, x, y));
    return mix(paper, ink, clamp((radius - distance) * pitch + 0.5));
  });
}

/** Square tiles of one colour each, with joints between them. */
export function mosaic(object: ObjectClass, random: Random): CanvasPixels {
  const photo = studioPhotograph(object, random);
  const tile = random.pick([2, 3]);
  const shade = random.between(0.1, 0.9);
  const grout: Colour = [shade, shade, shade];
  const colours = new Map<number, Colour>();
  return repaint((x, y) => {
    if (x % tile === tile - 1 || y % tile === tile - 1) {
      return mix(meanColour(photo, x, y, tile), grout, 0.5);
    }
    const key = Math.floor(y / tile) * imageSide + Math.floor(x / tile);
    const colour = colours.get(key) ?? meanColour(photo, x, y, tile);
    colours.set(key, colour);
    return colour;
  });
}

/** Pencil: the photograph's edges over slanted hatching in its dark parts. */
export function pencilSketch(object: ObjectClass, random: Random): CanvasPixels {
  const grey = smoothed(stretched(studioPhotograph(object, random)));
  const slant = random.pick([-1, 1]);
  const period = random.integer(3, 4);
  return repaint((x, y) => {
    const across = at(grey, x + 1, y) - at(grey, x - 1, y);
    const down = at(grey, x, y + 1) - at(grey, x, y - 1);
    const edge = clamp(Math.hypot(across, down) * 2.2 - 0.25);
    const hatched = (x + slant * y + 4 * period * imageSide) % period === 0 && at(grey, x, y) < 0.45;
    const tone = 0.97 - 0.85 * edge - (hatched ? 0.3 : 0);
    return [tone, tone, tone * 0.97];
  });
}

/** Three flat inks by brightness, as printed through a screen. */
export function screenPrint(object: ObjectClass, random: Random): CanvasPixels {
  const grey = smoothed(stretched(studioPhotograph(object, random)));
  const hue = random.next();
  const inks: readonly Colour[] = [
    hsv(hue, 0.9, 0.25),
    hsv(hue + random.between(0.2, 0.8), 0.9, 0.85),
    hsv(hue + 0.1, 0.25, 1),
  ];
  return repaint((x, y) => inks[Math.min(2, Math.floor(at(grey, x, y) * 3))] ?? [0, 0, 0]);
}

/** @param colourAt takes a pixel's column and row */
function repaint(colourAt: (x: number, y: number) => Colour): CanvasPixels {
  const out = new Float32Array(imageSide * imageSide * 3);
  for (let y = 0; y < imageSide; y++) {
    for (let x = 0; x < imageSide; x++) out.set(colourAt(x, y), (y * imageSide + x) * 3);
  }
  return out;
}

/** Brightness per pixel, stretched so that its 5 % and 95 % quantiles become 0 and 1. */
function stretched(photo: CanvasPixels): Float32Array {
  const grey = new Float32Array(photo.length / 3);
  for (let i = 0; i < grey.length; i++) {
    grey[i] = luma(photo[i * 3] ?? 0, photo[i * 3 + 1] ?? 0, photo[i * 3 + 2] ?? 0);
  }
  const sorted = grey.slice().sort();
  const low = sorted[Math.floor(sorted.length * 0.05)] ?? 0;
  const high = sorted[Math.floor(sorted.length * 0.95)] ?? 1;
  return grey.map((value) => clamp((value - low) / Math.max(high - low, 1e-3)));
}

/** The mean over each pixel's 3 × 3 neighbourhood, which quiets the sensor noise. */
function smoothed(grey: Float32Array): Float32Array {
  return grey.map((_, i) => {
    const [x, y] = [i % imageSide, Math.floor(i / imageSide)];
    let sum = 0;
    for (const dy of [-1, 0, 1]) for (const dx of [-1, 0, 1]) sum += at(grey, x + dx, y + dy);
    return sum / 9;
  });
}

/** A pixel of a grey image; beyond the border its nearest pixel. */
function at(grey: Float32Array, x: number, y: number): number {
  const column = Math.min(imageSide - 1, Math.max(0, x));
  const row = Math.min(imageSide - 1, Math.max(0, y));
  return grey[row * imageSide + column] ?? 0;
}

function meanColour(photo: CanvasPixels, x: number, y: number, tile: number): Colour {
  const sum: [number, number, number] = [0, 0, 0];
  let count = 0;
  const [left, top] = [x - (x % tile), y - (y % tile)];
  for (let row = top; row < Math.min(imageSide, top + tile); row++) {
    for (let column = left; column < Math.min(imageSide, left + tile); column++) {
      const from = (row * imageSide + column) * 3;
      sum[0] += photo[from] ?? 0;
      sum[1] += photo[from + 1] ?? 0;
      sum[2] += photo[from + 2] ?? 0;
      count++;
    }
  }
  return [sum[0] / count, sum[1] / count, sum[2] / count];
}

function clamp(value: number): number {
  return Math.min(1, Math.max(0, value));
}
