/**
 * ROC-AUC of two classes whose scores are sorted, ties counted half (section 3). Exact but for the last
 * division, so that equal rankings give equal numbers and ties between cells are real ties.
 * @param inDomain finite, ascending: [inDomainRows ≥ 1]
 * @param outlier finite, ascending: [outlierRows ≥ 1]
 */
export function aurocOfSorted(inDomain: Float64Array, outlier: Float64Array): number {
  let below = 0;
  let notAbove = 0;
  let twiceWins = 0;
  for (const score of outlier) {
    while (below < inDomain.length && (inDomain[below] ?? 0) < score) below++;
    if (notAbove < below) notAbove = below;
    while (notAbove < inDomain.length && (inDomain[notAbove] ?? 0) <= score) notAbove++;
    twiceWins += below + notAbove;
  }
  return twiceWins / (2 * inDomain.length * outlier.length);
}
