/** A point; y grows downwards. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** The corners of a closed figure. */
export type Outline = readonly Point[];

export function point(x: number, y: number): Point {
  return { x, y };
}

/** A closed figure from a flat list x0, y0, x1, y1, … */
export function polygon(...coordinates: readonly number[]): Outline {
  const corners: Point[] = [];
  for (let i = 0; i + 1 < coordinates.length; i += 2) {
    corners.push(point(coordinates[i] ?? 0, coordinates[i + 1] ?? 0));
  }
  return corners;
}

export function rectangle(left: number, top: number, right: number, bottom: number): Outline {
  return polygon(left, top, right, top, right, bottom, left, bottom);
}

/** @param tilt radians, clockwise on the screen */
export function ellipse(x: number, y: number, radiusX: number, radiusY: number, tilt = 0): Outline {
  return sector(x, y, radiusX, radiusY, 0, 2 * Math.PI, tilt);
}

/** The points of an ellipse from one angle to another: a segment when closed. Angle 0 is right, π/2 down. */
export function sector(
  x: number,
  y: number,
  radiusX: number,
  radiusY: number,
  from: number,
  to: number,
  tilt = 0,
): Outline {
  const steps = 22;
  const corners: Point[] = [];
  for (let i = 0; i <= steps; i++) {
    const angle = from + ((to - from) * i) / steps;
    const u = radiusX * Math.cos(angle);
    const v = radiusY * Math.sin(angle);
    corners.push(
      point(x + u * Math.cos(tilt) - v * Math.sin(tilt), y + u * Math.sin(tilt) + v * Math.cos(tilt)),
    );
  }
  return corners;
}

/** A smooth closed curve through the corners (a closed Catmull–Rom spline). */
export function smooth(corners: Outline): Outline {
  const curve: Point[] = [];
  const at = (i: number): Point => corners[(i + corners.length) % corners.length] ?? point(0, 0);
  for (let i = 0; i < corners.length; i++) {
    const [p, q, r, s] = [at(i - 1), at(i), at(i + 1), at(i + 2)];
    for (let step = 0; step < 6; step++) {
      const t = step / 6;
      curve.push(point(spline(p.x, q.x, r.x, s.x, t), spline(p.y, q.y, r.y, s.y, t)));
    }
  }
  return curve;
}

function spline(p: number, q: number, r: number, s: number, t: number): number {
  return 0.5 * (2 * q + (r - p) * t + (2 * p - 5 * q + 4 * r - s) * t * t + (3 * q - p - 3 * r + s) * t ** 3);
}

/** A stroke with round ends from one point to another. */
export function stroke(from: Point, to: Point, width: number): Outline {
  const angle = Math.atan2(to.y - from.y, to.x - from.x);
  const corners: Point[] = [];
  const cap = (centre: Point, start: number): void => {
    for (let i = 0; i <= 5; i++) {
      const turn = start + (Math.PI * i) / 5;
      corners.push(point(centre.x + (width / 2) * Math.cos(turn), centre.y + (width / 2) * Math.sin(turn)));
    }
  };
  cap(from, angle + Math.PI / 2);
  cap(to, angle - Math.PI / 2);
  return corners;
}

/** A rotation, mirroring, scaling and shift of the plane: x' = a·x + b·y + x, y' = c·x + d·y + y. */
export interface Placement {
  readonly x: number;
  readonly y: number;
  /** Radians, clockwise on the screen. */
  readonly rotation: number;
  readonly scaleX: number;
  readonly scaleY: number;
}

export function place(outline: Outline, placement: Placement): Outline {
  const cos = Math.cos(placement.rotation);
  const sin = Math.sin(placement.rotation);
  return outline.map(({ x, y }) => {
    const u = x * placement.scaleX;
    const v = y * placement.scaleY;
    return point(placement.x + u * cos - v * sin, placement.y + u * sin + v * cos);
  });
}
