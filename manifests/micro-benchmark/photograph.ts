import { type Background, drawBackground } from './background.js';
import { Canvas, type CanvasPixels, imageSide } from './canvas.js';
import { drawDistractors, drawOcclusion } from './clutter.js';
import { type Colour, drawPalette, hsv, mix, type Palette } from './colour.js';
import { valueNoise } from './noise.js';
import type { ObjectClass, ObjectPiece } from './object.js';
import { type Placement, place } from './outlines.js';
import type { Random } from './random.js';

/**
 * The ordinary rendition of an object, standing in for a photograph: a random pose and palette before a random
 * background, among distractors, partly occluded, under random light, with the camera's own faults.
 */
export function photograph(object: ObjectClass, random: Random): CanvasPixels {
  const canvas = new Canvas();
  const background: Background = drawBackground(random);
  canvas.cover(background);
  drawDistractors(canvas, random);
  const parts = object.draw(random);
  drawObject(canvas, parts, drawPlacement(random), drawPalette(random, object.hues), random);
  drawOcclusion(canvas, random);
  return expose(canvas.pixels(), random);
}

/** The object alone before a plain backdrop, well lit: what the other renditions are made from. */
export function studioPhotograph(object: ObjectClass, random: Random): CanvasPixels {
  const canvas = new Canvas();
  const palette = drawPalette(random, object.hues);
  const bright = random.chance(0.5);
  const backdrop = hsv(random.next(), random.between(0.05, 0.4), bright ? 0.97 : 0.15);
  canvas.cover((x, y) => mix(backdrop, palette.dark, 0.12 * (1 + x * 0.5 + y * 0.5)));
  const tones = bright ? palette : { ...palette, dark: mix(palette.dark, [1, 1, 1], 0.4) };
  drawObject(canvas, object.draw(random), drawPlacement(random), tones, random);
  return canvas.pixels();
}

/** A pose: mostly upright, either way round, filling a half to nine tenths of the picture. */
export function drawPlacement(random: Random): Placement {
  const scale = random.between(0.46, 0.9);
  const margin = (1 - scale) * 0.9;
  return {
    x: random.between(-margin, margin),
    y: random.between(-margin, margin),
    rotation: random.gaussian() * 0.28,
    scaleX: scale * random.between(0.85, 1.1) * random.pick([-1, 1]),
    scaleY: scale * random.between(0.85, 1.1),
  };
}

/** Paints the parts with a cast shadow, light from one side and a mottled surface. */
function drawObject(
  canvas: Canvas,
  parts: readonly ObjectPiece[],
  placement: Placement,
  palette: Palette,
  random: Random,
): void {
  const angle = random.between(0, 2 * Math.PI);
  const contrast = random.between(0.05, 0.4);
  const [lightX, lightY] = [Math.cos(angle) * contrast, Math.sin(angle) * contrast];
  const shadow = { ...placement, x: placement.x - lightX * 0.35, y: placement.y - lightY * 0.35 };
  const darkness = random.between(0, 0.35);
  for (const { outline } of parts) {
    canvas.fill(place(outline, shadow), { colour: [0, 0, 0], opacity: darkness });
  }
  const surface = valueNoise(random, random.between(4, 8));
  const mottling = random.between(0, 0.5);
  const shade = (x: number, y: number): number =>
    1 + (x - placement.x) * lightX + (y - placement.y) * lightY + mottling * (surface(x, y) - 0.5);
  for (const { outline, tone } of parts) {
    canvas.fill(place(outline, placement), { colour: palette[tone], shade });
  }
}

/** The camera: exposure, contrast, a colour cast, a vignette and sensor noise. */
function expose(pixels: CanvasPixels, random: Random): CanvasPixels {
  const gain = random.between(0.7, 1.3);
  const contrast = random.between(0.55, 1.1);
  const cast: Colour = [random.between(0.88, 1.1), random.between(0.92, 1.06), random.between(0.88, 1.1)];
  const vignette = random.between(0, 0.25);
  const noise = random.between(0.005, 0.06);
  const out = new Float32Array(pixels.length);
  for (let i = 0; i < pixels.length; i++) {
    const place = Math.floor(i / 3);
    const x = ((place % imageSide) + 0.5) / (imageSide / 2) - 1;
    const y = (Math.floor(place / imageSide) + 0.5) / (imageSide / 2) - 1;
    const fall = 1 - (vignette * (x * x + y * y)) / 2;
    const value = ((pixels[i] ?? 0) - 0.5) * contrast + 0.5;
    out[i] = value * gain * (cast[i % 3] ?? 1) * fall + noise * random.gaussian();
  }
  return out;
}
