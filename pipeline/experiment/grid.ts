import type { Passes } from '../../stages/detectors/plan-passes.js';

/**
 * Evenly spaced values with both ends. Rounded to 12 significant digits, so that a step of 0.0002 gives 0.0006
 * and not 0.0006000000000000001.
 * @param points how many; 1 gives `from` alone
 */
export function evenlySpaced(from: number, to: number, points: number): readonly number[] {
  if (points === 1) return [from];
  return Array.from({ length: points }, (_, i) =>
    Number((from + (i * (to - from)) / (points - 1)).toPrecision(12)),
  );
}

/** Temperatures at which images as they are, ε = 0, are told of whatever detectors search: those of the grid, and 1; ascending. */
export function plainTemperatures({
  temperature,
}: {
  readonly temperature: readonly number[];
}): readonly number[] {
  return [...new Set([1, ...temperature])].sort((a, b) => a - b);
}

/** Of these temperatures those at which some passes have no backward pass at ε = 0. */
export function plainForward(
  { cells }: Pick<Passes, 'cells'>,
  grid: { readonly temperature: readonly number[] },
): readonly number[] {
  const scored = new Set(cells.filter(({ epsilon }) => epsilon === 0).map(({ temperature }) => temperature));
  return plainTemperatures(grid).filter((temperature) => !scored.has(temperature));
}
