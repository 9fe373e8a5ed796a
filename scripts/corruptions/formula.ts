import { SIDE } from '../../workers/images/corruptions/corruption.js';
import type { Draws } from '../../workers/images/corruptions/draws.js';
import type { Pixels } from '../../workers/images/pixels.js';

/** Bits of a 32-bit number, stirred as in MurmurHash3's finaliser. */
function mixed(value: number): number {
  let h = value | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** The draws of scripts/golden/corruptions.py: numbers by a formula of (salt, how many calls came before, index). */
export function formulaDraws(salt: number): Draws {
  let calls = 0;
  const uniforms = (count: number): Float64Array => {
    const base = mixed(salt * 1000 + calls);
    calls += 1;
    return Float64Array.from({ length: count }, (_, at) => mixed(at ^ base) / 2 ** 32);
  };
  const normals = (count: number): Float64Array => {
    const u = uniforms(4 * count);
    const of = (at: number): number => u[at] ?? 0;
    return Float64Array.from(
      { length: count },
      (_, at) => (of(4 * at) + of(4 * at + 1) + of(4 * at + 2) + of(4 * at + 3) - 2) * Math.sqrt(3),
    );
  };
  const counts = (rates: Float64Array): Float64Array => {
    const z = normals(rates.length);
    return rates.map((rate, at) => Math.max(0, Math.floor(rate + Math.sqrt(rate) * (z[at] ?? 0) + 0.5)));
  };
  return { uniforms, normals, counts };
}

/** The scene of scripts/golden/corruptions.py: slopes, edges, stripes, grain, and flat parts of extreme levels. */
export function scene(): Pixels {
  return painted(SIDE, SIDE, (x, y) => {
    if (y >= 200 && x < 180) return x < 60 ? [0, 0, 0] : x < 120 ? [255, 255, 255] : [128, 128, 128];
    if (y > 130 && y < 200 && x > 120 && x < 210) {
      const noise = mixed(y * SIDE + x) & 63;
      return [100 + noise, 80 + noise, 60 + (noise >> 1)];
    }
    if (y > 130 && y < 180 && x > 20 && x < 110) {
      const level = Math.floor(x / 5) % 2 === 0 ? 250 : 15;
      return [level, level, level];
    }
    if (Math.abs(x - 160) < 40 && Math.abs(y - 60) < 30) return [20, 90, 200];
    if ((x - 70) ** 2 + (y - 80) ** 2 < 2500) return [230, 40, 60];
    return [Math.floor((x * 255) / 223), Math.floor((y * 255) / 223), Math.floor(((x + y) * 255) / 446)];
  });
}

/** One of its five textures. @param number from 0 */
export function texture(number: number): Pixels {
  return painted(300 - 7 * number, 240 + 3 * number, (x, y) => {
    const noise = mixed(y * 1000 + x + number * 1_000_000) & 127;
    const level = (noise + ((x * (number + 2) + y * 3) % 128)) % 256;
    return [level, (level + 40) % 256, 255 - (level >> 1)];
  });
}

function painted(
  width: number,
  height: number,
  colour: (x: number, y: number) => readonly [number, number, number],
): Pixels {
  const data = new Uint8Array(3 * width * height);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) data.set(colour(x, y), 3 * (y * width + x));
  return { data, width, height };
}
