import test from 'ava';
import type { RankRow } from '../../pipeline/analyses/rank-rows.js';
import { criticalDifferencePlot } from '../../pipeline/plots/critical-difference.js';
import { svgOf } from '../../pipeline/plots/render.js';
import type { ModelView } from '../../pipeline/plots/view.js';
import { cliquesOf, criticalDifference } from '../../stages/comparisons/nemenyi.js';

const view: ModelView = {
  ...{ model: 'net', place: 0, shown: [], outliers: [], sets: [] },
  titleOf: (name) => name,
};

/** Rows as the analysis of ranks gives them. */
function rowsOf(ranks: Readonly<Record<string, number>>, blocks: number): readonly RankRow[] {
  const names = Object.keys(ranks);
  const difference = criticalDifference(names.length, blocks);
  const cliques = cliquesOf(Object.values(ranks), difference);
  return names.map((detector, nth) => ({
    ...{ model: 'net', detector, blocks, detectors: names.length, averageRank: ranks[detector] ?? 0 },
    ...{ statistic: 1, p: 1, f: 1, fP: 1, criticalDifference: difference },
    cliques: cliques.flatMap((clique, bar) => (clique.includes(nth) ? [bar + 1] : [])).join(' '),
  }));
}

test('a diagram has every detector at its rank, and a bar through those that are not told apart', async (t) => {
  // Of the critical difference 1.25 that Demšar (2006) has for four on 14 sets.
  const plot = criticalDifferencePlot(view, rowsOf({ d: 3.6, a: 1.2, c: 2.6, b: 2.3 }, 14));
  t.truthy(plot);
  if (plot === null) return;
  const part = (name: string) => plot.rows.filter((row) => row.part === name);
  const [difference] = part('difference');
  t.true(Math.abs(Number(difference?.to) - Number(difference?.from) - 1.25) < 0.005);
  t.deepEqual(
    part('level').map(({ from, to }) => [from, to]),
    [
      [1.2, 2.3],
      [2.3, 2.6],
      [2.6, 3.6],
    ],
  );
  t.deepEqual(
    part('left').map(({ name, rank }) => [name, rank]),
    [
      ['a', 1.2],
      ['b', 2.3],
    ],
  );
  t.deepEqual(
    part('right').map(({ name, rank }) => [name, rank]),
    [
      ['c', 2.6],
      ['d', 3.6],
    ],
  );
  // The line to a name passes below those that are nearer to its side.
  const heights = (name: string) => part(name).map(({ height }) => Number(height));
  t.true((heights('left')[0] ?? 0) < (heights('left')[1] ?? 0));
  t.true((heights('right')[0] ?? 0) > (heights('right')[1] ?? 0));
  const svg = await svgOf(plot);
  for (const { name } of plot.rows) if (!String(name).startsWith('not')) t.true(svg.includes(`>${name}<`));
});

test('of too few sets there is none', (t) => {
  const rows = rowsOf({ a: 1, b: 2 }, 4).map((row) => ({
    ...{ ...row, averageRank: null, criticalDifference: null, cliques: null },
  }));
  t.is(criticalDifferencePlot(view, rows), null);
});
