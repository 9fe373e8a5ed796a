import { Canvas, type CanvasPixels } from './canvas.js';
import { anyColour, type Colour, hsv, mix } from './colour.js';
import type { ObjectClass, ObjectPiece } from './object.js';
import { type Outline, place, point, stroke } from './outlines.js';
import { drawPlacement } from './photograph.js';
import type { Random } from './random.js';

/** Dark outlines on paper, nothing filled. */
export function lineDrawing(object: ObjectClass, random: Random): CanvasPixels {
  const paper = hsv(random.next(), random.between(0, 0.12), random.between(0.88, 1));
  const ink = hsv(random.next(), random.between(0, 0.7), random.between(0.05, 0.35));
  const canvas = paperCanvas(paper);
  for (const outline of placedOutlines(object, random)) {
    canvas.fill(outline, { colour: paper });
    drawOutline(canvas, outline, ink, random.between(0.05, 0.08));
  }
  return canvas.pixels();
}

/** Flat saturated colours with a thick black contour on one bright colour. */
export function cartoon(object: ObjectClass, random: Random): CanvasPixels {
  const canvas = paperCanvas(hsv(random.next(), random.between(0.3, 0.6), 1));
  const hue = random.next();
  const fill: Record<ObjectPiece['tone'], Colour> = {
    main: hsv(hue, 0.9, 1),
    second: hsv(hue + random.pick([0.15, 0.35, 0.5]), 0.85, 0.95),
    dark: hsv(hue, 0.6, 0.3),
    light: [1, 1, 1],
  };
  const placement = drawPlacement(random);
  for (const { outline, tone } of object.draw(random)) {
    const placed = place(outline, placement);
    canvas.fill(placed, { colour: fill[tone] });
    drawOutline(canvas, placed, [0, 0, 0], 0.075);
  }
  return canvas.pixels();
}

/** One dark shape before a glow, without any inner detail. */
export function silhouette(object: ObjectClass, random: Random): CanvasPixels {
  const hue = random.next();
  const [near, far] = [hsv(hue, random.between(0.1, 0.5), 1), hsv(hue + 0.1, 0.8, random.between(0.5, 0.9))];
  const ink = hsv(hue + 0.5, 0.4, random.between(0, 0.12));
  const canvas = new Canvas();
  canvas.cover((x, y) => mix(near, far, Math.min(1, Math.hypot(x, y) / 1.4)));
  for (const outline of placedOutlines(object, random)) canvas.fill(outline, { colour: ink });
  return canvas.pixels();
}

/** Glowing tubes along the outlines in the dark. */
export function neon(object: ObjectClass, random: Random): CanvasPixels {
  const canvas = paperCanvas(hsv(random.next(), 0.5, random.between(0.03, 0.12)));
  const glow = hsv(random.next(), 0.95, 1);
  const outlines = placedOutlines(object, random);
  for (const width of [0.26, 0.16]) {
    for (const outline of outlines) drawOutline(canvas, outline, glow, width, 0.06);
  }
  for (const outline of outlines) drawOutline(canvas, outline, mix(glow, [1, 1, 1], 0.6), 0.06);
  return canvas.pixels();
}

/** Shapes cut from sheets of coloured paper, each with its own shadow. */
export function paperCut(object: ObjectClass, random: Random): CanvasPixels {
  const canvas = paperCanvas(anyColour(random));
  const sheets: Record<ObjectPiece['tone'], Colour> = {
    main: anyColour(random),
    second: anyColour(random),
    dark: anyColour(random),
    light: anyColour(random),
  };
  const placement = drawPlacement(random);
  const parts = object.draw(random);
  for (const { outline, tone } of parts) {
    const lowered = { ...placement, x: placement.x + 0.07, y: placement.y + 0.09 };
    canvas.fill(place(outline, lowered), { colour: [0, 0, 0], opacity: 0.45 });
    canvas.fill(place(outline, placement), { colour: sheets[tone] });
  }
  return canvas.pixels();
}

function paperCanvas(colour: Colour): Canvas {
  const canvas = new Canvas();
  canvas.cover(() => colour);
  return canvas;
}

function placedOutlines(object: ObjectClass, random: Random): readonly Outline[] {
  const placement = drawPlacement(random);
  return object.draw(random).map(({ outline }) => place(outline, placement));
}

function drawOutline(canvas: Canvas, outline: Outline, colour: Colour, width: number, opacity = 1): void {
  let previous = outline.at(-1) ?? point(0, 0);
  for (const corner of outline) {
    canvas.fill(stroke(previous, corner, width), { colour, opacity });
    previous = corner;
  }
}
