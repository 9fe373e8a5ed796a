import type { Clusters } from './clusters.js';
import type { Placements } from './placements.js';
import type { Ranking } from './ranking.js';

/**
 * ROC-AUC without each photograph in turn, in closed form: what its rows win of the pairs, less what they win of each other,
 * taken from all.
 * @param clusters null where every row is a photograph of its own
 * @returns one a photograph; null where a class has no row left without one
 */
export function jackknifeAurocs(
  ranking: Ranking,
  { outlier, inDomain, auroc }: Placements,
  clusters: Clusters | null,
): Float64Array | null {
  const [m, n] = [outlier.length, inDomain.length];
  const rows = m + n;
  const all = auroc * m * n;
  const numbers = clusters?.of ?? Uint32Array.from({ length: rows }, (_, row) => row);
  const members = rowsByCluster(numbers, clusters?.count ?? rows);
  const levels = clusters === null ? null : levelsOf(ranking);
  const aurocs = new Float64Array(members.starts.length - 1);
  for (let number = 0; number < aurocs.length; number += 1) {
    const own = members.rows.subarray(members.starts[number], members.starts[number + 1]);
    const known = own.filter((row) => row < n);
    const unknown = own.filter((row) => row >= n);
    const [left, leftOut] = [n - known.length, m - unknown.length];
    if (left === 0 || leftOut === 0) return null;
    let wins = all;
    for (const row of known) wins -= (inDomain[row] ?? 0) * m;
    for (const row of unknown) wins -= (outlier[row - n] ?? 0) * n;
    if (levels !== null) wins += winsBetween(levels, known, unknown);
    aurocs[number] = wins / (left * leftOut);
  }
  return aurocs;
}

/** Rows in the order of their photographs, and where those of each begin. */
function rowsByCluster(numbers: Uint32Array, count: number) {
  const starts = new Uint32Array(count + 1);
  for (const number of numbers) starts[number + 1] = (starts[number + 1] ?? 0) + 1;
  for (let number = 0; number < count; number += 1)
    starts[number + 1] = (starts[number + 1] ?? 0) + (starts[number] ?? 0);
  const next = starts.slice();
  const rows = new Uint32Array(numbers.length);
  for (const [row, number] of numbers.entries()) {
    const at = next[number] ?? 0;
    rows[at] = row;
    next[number] = at + 1;
  }
  return { starts, rows };
}

/** Numbers of the rows' scores, from the largest. */
function levelsOf({ entries }: Ranking): Uint32Array {
  const levels = new Uint32Array(entries.length);
  let level = 0;
  for (const entry of entries) {
    levels[entry >>> 2] = level;
    level += entry & 1;
  }
  return levels;
}

function winsBetween(levels: Uint32Array, known: Uint32Array, unknown: Uint32Array): number {
  let wins = 0;
  for (const outlier of unknown)
    for (const inDomain of known) {
      const above = (levels[inDomain] ?? 0) - (levels[outlier] ?? 0);
      wins += above > 0 ? 1 : above === 0 ? 0.5 : 0;
    }
  return wins;
}
