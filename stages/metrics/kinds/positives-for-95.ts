/** The least number of positives found whose rate, as a double, is at least 0.95. */
export function positivesFor95(positives: number): number {
  let enough = Math.floor(0.95 * positives);
  while (enough > 0 && (enough - 1) / positives >= 0.95) enough--;
  while (enough / positives < 0.95) enough++;
  return enough;
}
