/**
 * log Γ(n / 2) of a whole n ≥ 1, by Γ(x + 1) = x Γ(x): distributions of test statistics ask for no other.
 */
export function logGammaOfHalf(n: number): number {
  let log = n % 2 === 0 ? 0 : Math.log(Math.PI) / 2;
  for (let twice = n % 2 === 0 ? 2 : 1; twice < n; twice += 2) log += Math.log(twice / 2);
  return log;
}
