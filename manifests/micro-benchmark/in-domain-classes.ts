import type { ObjectClass, ObjectPiece } from './object.js';
import { ellipse, type Outline, point, polygon, rectangle, sector, smooth, stroke } from './outlines.js';
import type { Random } from './random.js';

/** The ten classes that the networks learn; a class's label is its place in this list. */
export const inDomainClasses: readonly ObjectClass[] = [
  { name: 'bird', hues: [0.5, 0.72], draw: bird },
  { name: 'butterfly', hues: [0.0, 0.16], draw: butterfly },
  { name: 'car', hues: [0.9, 1.1], draw: car },
  { name: 'fish', hues: [0.02, 0.14], draw: fish },
  { name: 'flower', hues: [0.8, 1.0], draw: flower },
  { name: 'house', hues: [0.02, 0.12], draw: house },
  { name: 'mushroom', hues: [0.95, 1.08], draw: mushroom },
  { name: 'sailboat', hues: [0.52, 0.66], draw: sailboat },
  { name: 'tree', hues: [0.22, 0.4], draw: tree },
  { name: 'umbrella', hues: [0.7, 0.95], draw: umbrella },
];

function part(outline: Outline, tone: ObjectPiece['tone']): ObjectPiece {
  return { outline, tone };
}

function bird(random: Random): readonly ObjectPiece[] {
  const plump = random.between(0.3, 0.42);
  const wing = random.between(-0.95, 0.35);
  const tail = random.between(0.14, 0.26);
  return [
    part(polygon(-0.4, 0, -0.98, -tail, -0.86, 0.08, -0.98, tail + 0.06), 'second'),
    part(stroke(point(-0.05, plump), point(-0.1, 0.75), 0.07), 'dark'),
    part(stroke(point(0.12, plump), point(0.1, 0.75), 0.07), 'dark'),
    part(ellipse(0, 0.05, 0.58, plump, -0.15), 'main'),
    part(ellipse(0.52, -0.28, 0.25, 0.24), 'main'),
    part(polygon(0.72, -0.4, 0.99, -0.24, 0.72, -0.16), 'second'),
    part(smooth(polygon(0.2, -0.02, -0.1, wing, -0.5, wing * 0.8, -0.3, 0.14)), 'second'),
    part(ellipse(0.58, -0.34, 0.06, 0.06), 'dark'),
  ];
}

function butterfly(random: Random): readonly ObjectPiece[] {
  const upper = random.between(0.38, 0.5);
  const lower = random.between(0.24, 0.36);
  const spread = random.between(0.42, 0.56);
  const spot = random.between(0.1, 0.18);
  const sides = [-1, 1].flatMap((side) => [
    part(ellipse(side * spread, -0.34, upper, 0.42, side * -0.5), 'main'),
    part(ellipse(side * spread * 0.8, 0.44, lower, 0.36, side * 0.5), 'second'),
    part(ellipse(side * (spread + 0.08), -0.38, spot, spot), 'light'),
    part(stroke(point(0, -0.5), point(side * 0.24, -0.92), 0.05), 'dark'),
  ]);
  return [...sides, part(ellipse(0, 0.04, 0.1, 0.62), 'dark')];
}

function car(random: Random): readonly ObjectPiece[] {
  const roof = random.between(-0.5, -0.3);
  const back = random.between(-0.72, -0.4);
  const front = random.between(0.2, 0.5);
  const wheel = random.between(0.18, 0.25);
  const body = smooth(
    polygon(-0.96, 0.02, -0.4, -0.1, 0.5, -0.06, 0.96, 0.1, 0.96, 0.36, 0, 0.42, -0.96, 0.38),
  );
  return [
    part(polygon(back - 0.1, 0.02, back + 0.12, roof, front - 0.16, roof, front + 0.16, 0.02), 'main'),
    part(polygon(back + 0.04, -0.02, back + 0.17, roof + 0.1, -0.08, roof + 0.1, -0.08, -0.02), 'light'),
    part(polygon(0, -0.02, 0, roof + 0.1, front - 0.2, roof + 0.1, front + 0.02, -0.02), 'light'),
    part(body, 'main'),
    part(rectangle(-0.9, 0.12, 0.9, 0.18), 'second'),
    ...[-0.54, 0.54].flatMap((x) => [
      part(ellipse(x, 0.4, wheel, wheel), 'dark'),
      part(ellipse(x, 0.4, wheel * 0.45, wheel * 0.45), 'light'),
    ]),
  ];
}

function fish(random: Random): readonly ObjectPiece[] {
  const height = random.between(0.3, 0.5);
  const tail = random.between(0.3, 0.48);
  const stripes = random.integer(0, 3);
  const fin = random.between(0.15, 0.35);
  return [
    part(polygon(-0.42, 0, -0.98, -tail, -0.8, 0, -0.98, tail), 'second'),
    part(polygon(-0.2, -height * 0.8, 0.02, -height - fin, 0.36, -height * 0.7), 'second'),
    part(polygon(-0.05, height * 0.8, 0.02, height + fin * 0.8, 0.26, height * 0.7), 'second'),
    part(sector(0.12, 0, 0.72, height, 0, 2 * Math.PI), 'main'),
    ...Array.from({ length: stripes }, (_, i) =>
      part(ellipse(-0.18 + i * 0.24, 0, 0.06, height * (0.72 + 0.06 * i)), 'second'),
    ),
    part(ellipse(0.58, -0.1, 0.11, 0.11), 'light'),
    part(ellipse(0.6, -0.1, 0.055, 0.055), 'dark'),
  ];
}

function flower(random: Random): readonly ObjectPiece[] {
  const petals = random.integer(5, 8);
  const length = random.between(0.24, 0.3);
  const width = random.between(0.14, 0.2);
  const turn = random.between(0, 2 * Math.PI);
  const lean = random.between(-0.2, 0.2);
  return [
    part(stroke(point(0, -0.3), point(lean, 0.95), 0.1), 'dark'),
    part(ellipse(lean / 2 + 0.24, 0.52, 0.24, 0.1, -0.5), 'dark'),
    ...Array.from({ length: petals }, (_, i) => {
      const angle = turn + (2 * Math.PI * i) / petals;
      return part(
        ellipse(0.36 * Math.cos(angle), -0.36 + 0.36 * Math.sin(angle), length, width, angle),
        'main',
      );
    }),
    part(ellipse(0, -0.36, 0.19, 0.19), 'second'),
  ];
}

function house(random: Random): readonly ObjectPiece[] {
  const wall = random.between(0.55, 0.78);
  const ridge = random.between(-0.95, -0.7);
  const eaves = random.between(-0.25, -0.02);
  const door = random.between(-0.3, 0.3);
  const window = door > 0 ? -wall * 0.55 : wall * 0.55;
  return [
    part(rectangle(0.3, ridge + 0.02, 0.5, eaves), 'dark'),
    part(rectangle(-wall, eaves, wall, 0.85), 'main'),
    part(polygon(-wall - 0.18, eaves, 0, ridge, wall + 0.18, eaves), 'second'),
    part(rectangle(door - 0.14, 0.3, door + 0.14, 0.85), 'dark'),
    part(rectangle(window - 0.16, 0.14, window + 0.16, 0.44), 'light'),
  ];
}

function mushroom(random: Random): readonly ObjectPiece[] {
  const cap = random.between(0.62, 0.92);
  const height = random.between(0.5, 0.85);
  const stem = random.between(0.16, 0.28);
  const spots = random.integer(2, 4);
  return [
    part(smooth(polygon(-stem, 0, stem, 0, stem * 1.3, 0.85, 0, 0.95, -stem * 1.3, 0.85)), 'light'),
    part(sector(0, 0.1, cap, height, Math.PI, 2 * Math.PI), 'main'),
    part(ellipse(0, 0.1, cap, 0.12), 'second'),
    ...Array.from({ length: spots }, (_, i) => {
      const x = cap * (-0.55 + (1.1 * i) / (spots - 1)) + random.between(-0.06, 0.06);
      return part(ellipse(x, -height * random.between(0.25, 0.5), 0.12, 0.09), 'light');
    }),
  ];
}

function sailboat(random: Random): readonly ObjectPiece[] {
  const mast = random.between(-0.98, -0.8);
  const main = random.between(0.5, 0.78);
  const jib = random.between(0.3, 0.62);
  const hull = random.between(0.66, 0.92);
  return [
    part(stroke(point(0, mast), point(0, 0.5), 0.07), 'dark'),
    part(polygon(0.06, mast + 0.08, 0.06, 0.36, main, 0.36), 'light'),
    part(polygon(-0.07, mast + 0.2, -0.07, 0.36, -jib, 0.36), 'second'),
    part(polygon(-hull, 0.48, hull, 0.48, hull * 0.66, 0.86, -hull * 0.7, 0.86), 'main'),
    part(rectangle(-hull * 0.92, 0.56, hull * 0.92, 0.62), 'light'),
  ];
}

function tree(random: Random): readonly ObjectPiece[] {
  const trunk = random.between(0.09, 0.16);
  const lobes = random.integer(4, 6);
  const size = random.between(0.3, 0.4);
  const turn = random.between(0, 2 * Math.PI);
  return [
    part(polygon(-trunk, -0.1, trunk, -0.1, trunk * 1.5, 0.95, -trunk * 1.5, 0.95), 'dark'),
    ...Array.from({ length: lobes }, (_, i) => {
      const angle = turn + (2 * Math.PI * i) / lobes;
      return part(ellipse(0.38 * Math.cos(angle), -0.3 + 0.3 * Math.sin(angle), size, size), 'main');
    }),
    part(ellipse(0, -0.3, 0.42, 0.4), 'main'),
    ...Array.from({ length: random.integer(0, 4) }, () =>
      part(ellipse(random.between(-0.45, 0.45), random.between(-0.65, 0.05), 0.08, 0.08), 'second'),
    ),
  ];
}

function umbrella(random: Random): readonly ObjectPiece[] {
  const width = random.between(0.78, 0.95);
  const height = random.between(0.55, 0.8);
  const ribs = random.pick([3, 4, 5]);
  const hook = random.pick([-1, 1]);
  const scallops = Array.from({ length: ribs }, (_, i) => {
    const half = width / ribs;
    return sector(width - half * (2 * i + 1), 0.02, half, 0.14, 0, -Math.PI).slice(1);
  }).flat();
  return [
    part(stroke(point(0, -0.9), point(0, 0.72), 0.08), 'dark'),
    part(stroke(point(0, 0.72), point(hook * 0.12, 0.88), 0.09), 'dark'),
    part(stroke(point(hook * 0.12, 0.88), point(hook * 0.26, 0.7), 0.09), 'dark'),
    part([...sector(0, 0.02, width, height, Math.PI, 2 * Math.PI), ...scallops], 'main'),
    part([point(0, -height), ...sector(0, 0.02, width / ribs, 0.14, Math.PI * 2, Math.PI)], 'second'),
  ];
}
