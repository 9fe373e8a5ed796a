import type { Canvas } from './canvas.js';
import { anyColour } from './colour.js';
import { ellipse, type Outline, place, point, polygon, rectangle, smooth, stroke } from './outlines.js';
import type { Random } from './random.js';

/** Paints things of no class behind the object: blobs, boards, sticks, stones. */
export function drawDistractors(canvas: Canvas, random: Random): void {
  const count = random.integer(0, 5);
  for (let i = 0; i < count; i++) {
    const size = random.between(0.12, 0.5);
    const outline = place(thing(random), {
      x: random.between(-1, 1),
      y: random.between(-1, 1),
      rotation: random.between(0, 2 * Math.PI),
      scaleX: size,
      scaleY: size * random.between(0.5, 1),
    });
    canvas.fill(outline, { colour: anyColour(random), opacity: random.between(0.5, 1) });
  }
}

/** Paints what stands between the viewer and the object: a post, a branch, blades of grass or a stone. */
export function drawOcclusion(canvas: Canvas, random: Random): void {
  if (random.chance(0.4)) return;
  const colour = anyColour(random);
  const paint = { colour, opacity: random.between(0.75, 1) };
  const kind = random.pick(['post', 'branch', 'grass', 'stone'] as const);
  if (kind === 'post') {
    const x = random.between(-0.7, 0.7);
    const half = random.between(0.05, 0.15);
    canvas.fill(rectangle(x - half, -1.1, x + half, 1.1), paint);
  } else if (kind === 'branch') {
    const from = point(-1.1, random.between(-0.9, 0.9));
    canvas.fill(stroke(from, point(1.1, random.between(-0.9, 0.9)), random.between(0.08, 0.22)), paint);
  } else if (kind === 'grass') {
    const blades = random.integer(4, 9);
    for (let i = 0; i < blades; i++) {
      const x = random.between(-1, 1);
      const tip = random.between(-0.2, 0.6);
      canvas.fill(polygon(x - 0.08, 1.1, x + random.between(-0.25, 0.25), tip, x + 0.08, 1.1), paint);
    }
  } else {
    const size = random.between(0.2, 0.4);
    canvas.fill(ellipse(random.between(-0.8, 0.8), random.between(-0.8, 0.8), size, size * 0.8), paint);
  }
}

function thing(random: Random): Outline {
  switch (random.integer(0, 4)) {
    case 0:
      return ellipse(0, 0, 1, random.between(0.5, 1));
    case 1:
      return rectangle(-1, -random.between(0.2, 1), 1, random.between(0.2, 1));
    case 2:
      return polygon(-1, 0.8, 0, -1, 1, 0.8);
    case 3:
      return stroke(point(-1.4, 0), point(1.4, 0), 0.3);
    default:
      return smooth(
        Array.from({ length: 6 }, (_, i) => {
          const radius = random.between(0.5, 1.1);
          return point(radius * Math.cos((i * Math.PI) / 3), radius * Math.sin((i * Math.PI) / 3));
        }),
      );
  }
}
