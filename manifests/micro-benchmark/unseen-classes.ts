import type { ObjectClass, ObjectPiece } from './object.js';
import { ellipse, type Outline, point, polygon, rectangle, sector, smooth, stroke } from './outlines.js';
import type { Random } from './random.js';

/** Classes that no network was shown: the candidates for the outlier set O. */
export const unseenClasses: readonly ObjectClass[] = [
  { name: 'airplane', hues: [0.5, 0.7], draw: airplane },
  { name: 'ice-cream', hues: [0.85, 1.1], draw: iceCream },
  { name: 'lamp', hues: [0.08, 0.18], draw: lamp },
  { name: 'rocket', hues: [0.9, 1.1], draw: rocket },
  { name: 'snail', hues: [0.04, 0.14], draw: snail },
  { name: 'teapot', hues: [0.5, 0.9], draw: teapot },
  { name: 'tent', hues: [0.2, 0.45], draw: tent },
  { name: 'windmill', hues: [0.0, 0.15], draw: windmill },
];

function part(outline: Outline, tone: ObjectPiece['tone']): ObjectPiece {
  return { outline, tone };
}

function airplane(random: Random): readonly ObjectPiece[] {
  const sweep = random.between(0.2, 0.45);
  const body = random.between(0.13, 0.2);
  const windows = random.integer(2, 4);
  return [
    part(polygon(0.2, 0, -sweep, -0.8, -sweep - 0.22, -0.8, -0.15, 0), 'second'),
    part(polygon(-0.62, 0, -0.98, -0.5, -0.8, -0.5, -0.4, 0), 'second'),
    part(smooth(polygon(-0.95, 0, -0.5, -body, 0.5, -body, 0.98, 0.04, 0.5, body, -0.5, body)), 'main'),
    part(polygon(0.25, 0.06, -sweep, 0.78, -sweep - 0.26, 0.78, -0.15, 0.06), 'second'),
    ...Array.from({ length: windows }, (_, i) => part(ellipse(0.5 - i * 0.24, -0.04, 0.06, 0.06), 'light')),
  ];
}

function iceCream(random: Random): readonly ObjectPiece[] {
  const scoops = random.integer(1, 3);
  const width = random.between(0.36, 0.48);
  return [
    part(polygon(-width, -0.02, width, -0.02, 0, 0.98), 'second'),
    part(stroke(point(-width * 0.5, 0.05), point(width * 0.2, 0.62), 0.05), 'dark'),
    part(stroke(point(width * 0.5, 0.05), point(-width * 0.2, 0.62), 0.05), 'dark'),
    ...Array.from({ length: scoops }, (_, i) =>
      part(
        ellipse(
          scoops === 2 ? (i - 0.5) * width * 0.9 : 0,
          -0.2 - (scoops === 2 ? 0 : 0.28 * i),
          width,
          0.34,
        ),
        i % 2 === 0 ? 'main' : 'light',
      ),
    ),
  ];
}

function lamp(random: Random): readonly ObjectPiece[] {
  const top = random.between(0.2, 0.4);
  const bottom = random.between(0.5, 0.8);
  return [
    part(stroke(point(0, -0.1), point(0, 0.85), 0.09), 'dark'),
    part(ellipse(0, 0.86, 0.42, 0.1), 'dark'),
    part(polygon(-top, -0.92, top, -0.92, bottom, -0.02, -bottom, -0.02), 'main'),
    part(polygon(-bottom, -0.02, bottom, -0.02, bottom - 0.06, -0.14, 0.06 - bottom, -0.14), 'light'),
  ];
}

function rocket(random: Random): readonly ObjectPiece[] {
  const width = random.between(0.26, 0.4);
  const fin = random.between(0.25, 0.45);
  return [
    part(polygon(-0.16, 0.55, 0.16, 0.55, 0, random.between(0.8, 0.98)), 'light'),
    part(polygon(-width, 0.1, -width - fin, 0.7, -width * 0.6, 0.55), 'second'),
    part(polygon(width, 0.1, width + fin, 0.7, width * 0.6, 0.55), 'second'),
    part(smooth(polygon(0, -0.98, width, -0.3, width * 0.8, 0.58, -width * 0.8, 0.58, -width, -0.3)), 'main'),
    part(ellipse(0, -0.3, 0.15, 0.15), 'light'),
    part(ellipse(0, -0.3, 0.09, 0.09), 'dark'),
  ];
}

function snail(random: Random): readonly ObjectPiece[] {
  const shell = random.between(0.44, 0.56);
  return [
    part(
      smooth(polygon(-0.95, 0.72, -0.3, 0.5, 0.45, 0.46, 0.62, 0, 0.9, 0.02, 0.82, 0.66, 0.2, 0.76)),
      'light',
    ),
    part(stroke(point(0.7, 0.05), point(0.62, -0.32), 0.06), 'dark'),
    part(stroke(point(0.82, 0.05), point(0.92, -0.3), 0.06), 'dark'),
    part(ellipse(-0.12, 0.06, shell, shell), 'main'),
    part(ellipse(-0.06, 0.1, shell * 0.66, shell * 0.66), 'second'),
    part(ellipse(-0.02, 0.14, shell * 0.36, shell * 0.36), 'main'),
  ];
}

function teapot(random: Random): readonly ObjectPiece[] {
  const width = random.between(0.5, 0.62);
  const height = random.between(0.4, 0.52);
  return [
    part(ellipse(-width, 0.12, 0.32, 0.32), 'second'),
    part(ellipse(-width, 0.12, 0.19, 0.19), 'light'),
    part(polygon(width * 0.7, 0.35, 0.78, -0.3, 0.98, -0.34, 0.8, 0.3, width * 0.7, 0.55), 'main'),
    part(ellipse(0, 0.2, width, height), 'main'),
    part(ellipse(0, 0.2 - height * 0.86, 0.3, 0.09), 'second'),
    part(ellipse(0, 0.08 - height, 0.1, 0.1), 'dark'),
    part(rectangle(-0.34, 0.14 + height, 0.34, 0.24 + height), 'dark'),
  ];
}

function tent(random: Random): readonly ObjectPiece[] {
  const apex = random.between(-0.85, -0.55);
  const width = random.between(0.75, 0.95);
  const depth = random.between(0.2, 0.4);
  return [
    part(polygon(0, apex, width - depth, 0.7, width, 0.55, depth, apex - 0.06), 'second'),
    part(polygon(0, apex, -width, 0.7, width - depth, 0.7), 'main'),
    part(polygon(0, apex + 0.15, -0.28, 0.7, 0.2, 0.7), 'dark'),
    part(stroke(point(-width, 0.7), point(-0.98, 0.9), 0.05), 'dark'),
  ];
}

function windmill(random: Random): readonly ObjectPiece[] {
  const turn = random.between(0, Math.PI / 2);
  const blade = random.between(0.09, 0.15);
  return [
    part(polygon(-0.18, -0.25, 0.18, -0.25, 0.38, 0.95, -0.38, 0.95), 'main'),
    part(sector(0, -0.25, 0.22, 0.22, Math.PI, 2 * Math.PI), 'second'),
    part(rectangle(-0.1, 0.55, 0.1, 0.95), 'dark'),
    ...[0, 1, 2, 3].map((i) => {
      const angle = turn + (i * Math.PI) / 2;
      return part(
        ellipse(0.36 * Math.cos(angle), -0.3 + 0.36 * Math.sin(angle), 0.38, blade, angle),
        'light',
      );
    }),
    part(ellipse(0, -0.3, 0.09, 0.09), 'dark'),
  ];
}
