import { anyColour, type Colour, mix } from './colour.js';
import { valueNoise } from './noise.js';
import type { Random } from './random.js';

/** The colour of the scene behind everything, at a position in [-1, 1]². */
export type Background = (x: number, y: number) => Colour;

/** A gradient, clouds, stripes, tiles, dots or a horizon, between two or three random colours. */
export function drawBackground(random: Random): Background {
  const draw = random.pick([gradient, clouds, clouds, stripes, tiles, dots, horizon, horizon]);
  const first = anyColour(random);
  const second = mix(first, anyColour(random), random.between(0.25, 0.85));
  const base = draw(random, first, second);
  const grain = valueNoise(random, random.between(4, 8));
  const strength = random.between(0, 0.3);
  return (x, y) => mix(base(x, y), second, strength * grain(x, y));
}

function gradient(random: Random, first: Colour, second: Colour): Background {
  const angle = random.between(0, 2 * Math.PI);
  const [u, v] = [Math.cos(angle) / 2, Math.sin(angle) / 2];
  return (x, y) => mix(first, second, unit(0.5 + x * u + y * v));
}

function clouds(random: Random, first: Colour, second: Colour): Background {
  const noise = valueNoise(random, random.between(2, 6));
  return (x, y) => mix(first, second, unit(noise(x, y) * 1.6 - 0.3));
}

function stripes(random: Random, first: Colour, second: Colour): Background {
  const angle = random.between(0, Math.PI);
  const frequency = random.between(1.5, 5);
  const phase = random.next();
  const [u, v] = [Math.cos(angle) * frequency, Math.sin(angle) * frequency];
  return (x, y) => mix(first, second, fraction(x * u + y * v + phase) < 0.5 ? 0 : 0.8);
}

function tiles(random: Random, first: Colour, second: Colour): Background {
  const width = random.between(0.35, 0.8);
  const height = width * random.between(0.5, 1);
  const brick = random.chance(0.5) ? 0.5 : 0;
  return (x, y) => {
    const row = Math.floor((y + 3) / height);
    const u = fraction((x + 3) / width + (row % 2) * brick);
    const v = fraction((y + 3) / height);
    return u < 0.12 || v < 0.16 ? second : first;
  };
}

function dots(random: Random, first: Colour, second: Colour): Background {
  const pitch = random.between(0.35, 0.7);
  const radius = random.between(0.2, 0.42);
  return (x, y) => {
    const u = fraction(x / pitch) - 0.5;
    const v = fraction(y / pitch) - 0.5;
    return u * u + v * v < radius * radius ? second : first;
  };
}

function horizon(random: Random, first: Colour, second: Colour): Background {
  const level = random.between(-0.3, 0.7);
  const ground = anyColour(random);
  const noise = valueNoise(random, random.between(3, 7));
  return (x, y) =>
    y + 0.12 * noise(x, 0) > level
      ? mix(ground, first, 0.5 * noise(x, y * 2))
      : mix(first, second, unit((y + 1) / (level + 1.2)));
}

function unit(value: number): number {
  return Math.min(1, Math.max(0, value));
}

function fraction(value: number): number {
  return value - Math.floor(value);
}
