import type { Random } from './random.js';

/** Red, green, blue, each in [0, 1]. */
export type Colour = readonly [number, number, number];

/** @param hue in turns: 0 red, 1/3 green, 2/3 blue; wraps around */
export function hsv(hue: number, saturation: number, value: number): Colour {
  const channel = (shift: number): number => {
    const k = (((shift + hue * 6) % 6) + 6) % 6;
    return value - value * saturation * Math.max(0, Math.min(k, 4 - k, 1));
  };
  return [channel(5), channel(3), channel(1)];
}

export function mix(from: Colour, to: Colour, weight: number): Colour {
  return [
    from[0] + (to[0] - from[0]) * weight,
    from[1] + (to[1] - from[1]) * weight,
    from[2] + (to[2] - from[2]) * weight,
  ];
}

/** Rec. 601 luma, in [0, 1]. */
export function luma(red: number, green: number, blue: number): number {
  return 0.299 * red + 0.587 * green + 0.114 * blue;
}

export function anyColour(random: Random): Colour {
  return hsv(random.next(), random.between(0.15, 0.9), random.between(0.25, 0.98));
}

/** What a part of an object is painted with; which colour that is, is drawn anew for every image. */
export type Tone = 'main' | 'second' | 'dark' | 'light';

export type Palette = Readonly<Record<Tone, Colour>>;

/** @param hues the object's usual hues as a range in turns; half of the objects keep to it, the rest do not */
export function drawPalette(random: Random, hues: readonly [number, number]): Palette {
  const hue = random.chance(0.5) ? random.between(hues[0], hues[1]) : random.next();
  const other = hue + random.pick([-0.35, -0.12, 0.12, 0.35, 0.5]) + random.between(-0.05, 0.05);
  return {
    main: hsv(hue, random.between(0.3, 0.95), random.between(0.4, 0.95)),
    second: hsv(other, random.between(0.15, 0.9), random.between(0.4, 0.98)),
    dark: hsv(random.next(), random.between(0.1, 0.6), random.between(0.08, 0.35)),
    light: hsv(random.next(), random.between(0, 0.25), random.between(0.8, 1)),
  };
}
