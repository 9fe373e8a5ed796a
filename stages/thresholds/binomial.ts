/**
 * P(X ≤ k) of X ~ Bin(n, p) for k = 0 … n, in float64.
 * @param p in (0, 1)
 */
export function binomialCumulative(n: number, p: number): Float64Array {
  const logOdds = Math.log(p) - Math.log1p(-p);
  const logarithms = new Float64Array(n + 1);
  let log = n * Math.log1p(-p);
  let largest = log;
  for (let k = 0; k <= n; k += 1) {
    if (k > 0) log += Math.log((n - k + 1) / k) + logOdds;
    logarithms[k] = log;
    largest = Math.max(largest, log);
  }
  // Relative to the largest, and divided by their sum: what n logarithms added up to is off by the same factor for all.
  const cumulative = new Float64Array(n + 1);
  let sum = 0;
  for (let k = 0; k <= n; k += 1) {
    sum += Math.exp((logarithms[k] ?? 0) - largest);
    cumulative[k] = sum;
  }
  return cumulative.map((value) => value / sum);
}
