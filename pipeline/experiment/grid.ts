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
