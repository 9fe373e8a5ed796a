/**
 * Ranks of one block's values, 1 for the largest; those that are equal share the mean of their ranks.
 * @param values finite
 */
function ranksOf(values: readonly number[]): readonly number[] {
  return values.map((value) => {
    const larger = values.filter((other) => other > value).length;
    const equal = values.filter((other) => other === value).length;
    return larger + (equal + 1) / 2;
  });
}

/** @param blocks values by block, each of the same treatments in the same order; at least one */
export function averageRanks(blocks: readonly (readonly number[])[]): readonly number[] {
  const ranks = blocks.map(ranksOf);
  return (ranks[0] ?? []).map(
    (_, treatment) => ranks.reduce((sum, ofBlock) => sum + (ofBlock[treatment] ?? 0), 0) / blocks.length,
  );
}
