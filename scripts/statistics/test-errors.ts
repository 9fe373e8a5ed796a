import { averageRanks } from '../../stages/comparisons/average-ranks.js';
import { friedmanTest } from '../../stages/comparisons/friedman.js';
import { holm } from '../../stages/comparisons/holm.js';
import { criticalDifference } from '../../stages/comparisons/nemenyi.js';
import { pairedTest } from '../../stages/comparisons/paired-test.js';
import { placementsOf } from '../../stages/metrics/placements.js';
import { drawScores, type Population } from './made-up-scores.js';
import { NormalDraws } from './normal-draws.js';

/** How often tests at a level of 5 % find a difference where there is none. */
export interface TestErrors {
  readonly population: Population;
  /** Of two detectors that are named beforehand. */
  readonly paired: number;
  /** The same as if no rows shared photographs; null where none do. */
  readonly unclustered: number | null;
  /** Of five: any is told from the best, which is the best of these very rows, after Holm's adjustment. */
  readonly fromBest: number;
}

export function testErrors(population: Population, repetitions: number): TestErrors {
  let [paired, unclustered, fromBest] = [0, 0, 0];
  let isShared = false;
  for (let repetition = 0; repetition < repetitions; repetition += 1) {
    const { rankings, clusters } = drawScores(population, repetition, 5);
    const all = rankings.map(placementsOf);
    const [first, second] = all;
    if (first === undefined || second === undefined) continue;
    isShared = clusters !== null;
    paired += (pairedTest(first, second, clusters).p ?? 1) <= 0.05 ? 1 : 0;
    unclustered += (pairedTest(first, second, null).p ?? 1) <= 0.05 ? 1 : 0;
    const best = all.reduce((so, one) => (one.auroc > so.auroc ? one : so), first);
    const others = all.filter((one) => one !== best);
    const adjusted = holm(others.map((one) => pairedTest(best, one, clusters).p));
    fromBest += adjusted.some((p) => p !== null && p <= 0.05) ? 1 : 0;
  }
  return {
    population,
    paired: paired / repetitions,
    unclustered: isShared ? unclustered / repetitions : null,
    fromBest: fromBest / repetitions,
  };
}

/** How often tests of ranks find a difference among detectors that are equally good on every set. */
export interface RankTestErrors {
  readonly blocks: number;
  readonly detectors: number;
  readonly friedman: number;
  readonly imanDavenport: number;
  /** Any two average ranks are further apart than the critical difference. */
  readonly nemenyi: number;
}

export function rankTestErrors(blocks: number, detectors: number, repetitions: number): RankTestErrors {
  const difference = criticalDifference(detectors, blocks);
  let [friedman, imanDavenport, nemenyi] = [0, 0, 0];
  for (let repetition = 0; repetition < repetitions; repetition += 1) {
    const draws = new NormalDraws('ranks', blocks, detectors, repetition);
    const values = Array.from({ length: blocks }, () => [...draws.next(detectors)]);
    const tested = friedmanTest(values);
    friedman += tested !== null && tested.p <= 0.05 ? 1 : 0;
    imanDavenport += tested !== null && tested.fP <= 0.05 ? 1 : 0;
    const ranks = averageRanks(values);
    nemenyi += Math.max(...ranks) - Math.min(...ranks) > difference ? 1 : 0;
  }
  return {
    blocks,
    detectors,
    friedman: friedman / repetitions,
    imanDavenport: imanDavenport / repetitions,
    nemenyi: nemenyi / repetitions,
  };
}
