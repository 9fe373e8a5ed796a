/** Where numbers differ from those that are expected by more than float32 loses, in one line, or null. */
export function difference(found: ArrayLike<number>, expected: ArrayLike<number>): string | null {
  if (found.length !== expected.length) return `${found.length} numbers instead of ${expected.length}`;
  for (let at = 0; at < expected.length; at++) {
    const [a, b] = [found[at] ?? Number.NaN, expected[at] ?? Number.NaN];
    const isSame = Object.is(a, b) || a === b || Math.abs(a - b) <= 1e-4 * Math.abs(b) + 1e-5;
    if (!isSame) return `number ${at} is ${a} instead of ${b}`;
  }
  return null;
}
