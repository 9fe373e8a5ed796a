/**
 * p-values adjusted for being several, by Holm (1979), "A simple sequentially rejective multiple test procedure": those at most
 * α are rejected, and with a probability of at most α one of them wrongly.
 * @param ps in any order; null, of a test that could not be made, stays null and is not counted
 */
export function holm(ps: readonly (number | null)[]): readonly (number | null)[] {
  const ordered = ps.flatMap((p, at) => (p === null ? [] : [{ p, at }])).sort((a, b) => a.p - b.p);
  const adjusted: (number | null)[] = ps.map(() => null);
  let largest = 0;
  for (const [nth, { p, at }] of ordered.entries()) {
    largest = Math.max(largest, Math.min(1, (ordered.length - nth) * p));
    adjusted[at] = largest;
  }
  return adjusted;
}
