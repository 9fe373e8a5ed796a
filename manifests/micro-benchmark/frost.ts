import { type Colour, mix } from './colour.js';
import { microBenchmarkSeed } from './photograph-splits.js';
import { type Random, randomFor } from './random.js';

/** A drawn texture of frost, [height, width, 3] row-major. */
export interface FrostTexture {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
}

const width = 420;
const height = 320;

/** Parts of a branch, each thinner and shorter than what it grows from. */
const generations = 3;

/** Ferns of ice on a dark window, in place of the photographs that the corruption frost is made with. @param number from 1 */
export function drawFrost(number: number): FrostTexture {
  const random = randomFor(microBenchmarkSeed, 'frost', number);
  const ice = new Float32Array(width * height);
  const ferns = random.integer(14, 22);
  for (let fern = 0; fern < ferns; fern++) {
    // From the frame of the window inwards.
    const [x, y] = random.chance(0.5)
      ? [random.pick([0, width]), random.between(0, height)]
      : [random.between(0, width), random.pick([0, height])];
    const inwards = Math.atan2(height / 2 - y, width / 2 - x);
    growFrom(ice, random, {
      ...{ x, y, angle: inwards + random.between(-0.9, 0.9) },
      ...{ length: random.between(90, 260), thickness: random.between(4, 8), generation: 0 },
    });
  }
  const night: Colour = [random.between(0.02, 0.12), random.between(0.08, 0.2), random.between(0.15, 0.35)];
  const white: Colour = [random.between(0.8, 0.95), random.between(0.88, 1), 1];
  const data = new Uint8Array(3 * width * height);
  ice.forEach((thickness, at) => {
    const sparkle = random.between(-0.04, 0.04);
    const colour = mix(night, white, 1 - 1 / (1 + thickness));
    data.set(
      colour.map((level) => Math.round(255 * Math.min(1, Math.max(0, level + sparkle)))),
      3 * at,
    );
  });
  return { data, width, height };
}

interface Branch {
  readonly x: number;
  readonly y: number;
  /** Radians. */
  readonly angle: number;
  /** Pixels. */
  readonly length: number;
  readonly thickness: number;
  readonly generation: number;
}

/** Lays ice along a branch that bends a little, and along those that grow from it on both sides. */
function growFrom(ice: Float32Array, random: Random, branch: Branch): void {
  const { length, thickness, generation } = branch;
  const bend = random.between(-0.004, 0.004);
  let { x, y, angle } = branch;
  let untilBranch = random.between(4, 14);
  for (let grown = 0; grown < length; grown += 1.5, untilBranch -= 1.5) {
    const left = 1 - grown / length;
    lay(ice, x, y, thickness * (0.3 + 0.7 * left));
    if (untilBranch <= 0 && generation + 1 < generations) {
      untilBranch = random.between(8, 18);
      for (const side of [-1, 1])
        growFrom(ice, random, {
          ...{ x, y, angle: angle + side * random.between(0.8, 1.1) },
          length: length * left * random.between(0.25, 0.45),
          thickness: thickness * 0.6,
          generation: generation + 1,
        });
    }
    x += 1.5 * Math.cos(angle);
    y += 1.5 * Math.sin(angle);
    angle += 1.5 * bend;
  }
}

/** A dot of ice that is thickest in its middle. */
function lay(ice: Float32Array, x: number, y: number, radius: number): void {
  for (let row = Math.max(0, Math.ceil(y - radius)); row <= Math.min(height - 1, y + radius); row++)
    for (
      let column = Math.max(0, Math.ceil(x - radius));
      column <= Math.min(width - 1, x + radius);
      column++
    ) {
      const far = ((row - y) ** 2 + (column - x) ** 2) / (radius * radius);
      if (far < 1) ice[row * width + column] = (ice[row * width + column] ?? 0) + 0.5 * (1 - far);
    }
}
