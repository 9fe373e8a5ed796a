/** Above this, what is taken from 1 is no part of a sum any more: then logarithms are as exact as their difference. */
const large = 30;

/**
 * log(p_m / p̄) of every member m and class, M of [K]. It is found from what the logits of members differ by, not from logarithms of
 * probabilities, which agree in most digits where members nearly do; of equal members it is exactly 0.
 * @param logits of each member, M of [K]
 * @param logP log p of each member, M of [K]
 */
export function logRatiosToMean(
  logits: readonly ArrayLike<number>[],
  logP: readonly Float64Array[],
  temperature: number,
): readonly Float64Array[] {
  const [first = new Float64Array()] = logP;
  const toFirst = logits.map((member) => logRatios(member, logits[0] ?? [], first, temperature));
  const even = new Float64Array(logits.length).fill(-Math.log(logits.length));
  const ofClass = new Float64Array(logits.length);
  for (let c = 0; c < first.length; c += 1) {
    for (const [m, ratios] of toFirst.entries()) ofClass[m] = ratios[c] ?? Number.NaN;
    const mean = logOfSum(even, ofClass);
    for (const ratios of toFirst) ratios[c] = (ratios[c] ?? Number.NaN) - mean;
  }
  return toFirst;
}

/** log(p / q) of each class. @param logQ log q, [K] */
function logRatios(
  logitsOfP: ArrayLike<number>,
  logitsOfQ: ArrayLike<number>,
  logQ: Float64Array,
  temperature: number,
): Float64Array {
  // Logits may all be larger by the same: where q is largest nothing of that is to be left.
  const surest = largestAt(logQ);
  const apart = (c: number): number => (logitsOfP[c] ?? Number.NaN) - (logitsOfQ[c] ?? Number.NaN);
  const same = apart(surest);
  const differences = logQ.map((_, c) => (apart(c) - same) / temperature);
  const scale = logOfSum(logQ, differences);
  return differences.map((difference) => difference - scale);
}

function largestAt(values: Float64Array): number {
  let largest = 0;
  for (let i = 1; i < values.length; i += 1)
    if ((values[i] ?? 0) > (values[largest] ?? Number.NaN)) largest = i;
  return largest;
}

/** log Σ w e^x, for weights w that add up to 1, given by their logarithms: exact near 0, where all x are. */
function logOfSum(logWeights: Float64Array, x: Float64Array): number {
  let largest = Number.NEGATIVE_INFINITY;
  let beyondOne = 0;
  for (const [i, log] of logWeights.entries()) {
    const exponent = x[i] ?? Number.NaN;
    largest = Math.max(largest, log + exponent);
    beyondOne +=
      exponent > 1 ? Math.exp(log + exponent) - Math.exp(log) : Math.exp(log) * Math.expm1(exponent);
  }
  if (largest <= large) return Math.log1p(beyondOne);
  let sum = 0;
  for (const [i, log] of logWeights.entries()) sum += Math.exp(log + (x[i] ?? Number.NaN) - largest);
  return largest + Math.log(sum);
}
