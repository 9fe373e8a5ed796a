import { runDirectory } from '../../workers/store/run-directory.js';
import type { ModelOutlierPair } from '../reduction/results.js';
import { type ComparedDetector, compareRow, type DetectorInBoth } from './compared-row.js';
import { type ComparedRun, openCompared } from './compared-run.js';
import { IndexedResults } from './indexed-results.js';
import { hasOtherNames, NamePairs, type NamesCompared, requireNames } from './name-pairs.js';
import { type Both, PairedScores } from './paired-scores.js';
import { requireDifferent } from './require-different.js';
import { differingSettings, type SettingDifference } from './settings.js';

/** What two runs say of one model, or ensemble, and outlier set. */
export interface ComparedPair extends ModelOutlierPair {
  /** What the second run calls them. */
  readonly inSecond: ModelOutlierPair;
  readonly detectors: readonly ComparedDetector[];
  /** Why the tests are not paired; null where they are. */
  readonly whyUnpaired: string | null;
  /** Different photographs among the images that both scored; null where they did not score the same. */
  readonly photographs: number | null;
}

/** What one of two runs has results of and the other has not. */
export interface FoundOnlyIn extends ModelOutlierPair {
  readonly run: 'first' | 'second';
  /** Null for all that the run has there. */
  readonly detector: string | null;
}

/** How two runs differ. */
export interface RunComparison {
  /** The run directories, as they were given. */
  readonly first: string;
  readonly second: string;
  readonly settings: readonly SettingDifference[];
  /** Those of the two that are not finished, as they were given: then results are not compared. */
  readonly unfinished: readonly string[];
  /** In the order of the first run. */
  readonly pairs: readonly ComparedPair[];
  readonly only: readonly FoundOnlyIn[];
}

/**
 * Compares the configuration and the results of two runs: of each detector at the cell that each run chose for it, with a paired
 * test where both scored the same images.
 * @param names of the run directories, as they are told
 * @param compared models and sets with other names in the second run
 * @throws InputError naming a model or set that a run does not have
 * @throws MetricError where a score is not finite
 */
export async function compareRuns(
  runs: Both<ComparedRun>,
  names: Both<string>,
  compared: NamesCompared = {},
): Promise<RunComparison> {
  const [first, second] = runs;
  requireNames(
    compared,
    { path: names[0], experiment: first.revision.experiment },
    { path: names[1], experiment: second.revision.experiment },
  );
  const namePairs = new NamePairs(compared);
  const about = {
    ...{ first: names[0], second: names[1] },
    settings: differingSettings(settingsOf(first), settingsOf(second)),
    unfinished: runs.flatMap(({ results }, nth) => (results === null ? [names[nth] ?? ''] : [])),
  };
  if (first.results === null || second.results === null) return { ...about, pairs: [], only: [] };
  const results = [new IndexedResults(first.results), new IndexedResults(second.results)] as const;
  const scores = new PairedScores(runs, results);
  const pairs: ComparedPair[] = [];
  for (const pair of results[0].pairs) {
    const inSecond = namePairs.inSecond(pair);
    if (inSecond === null) continue;
    const others = new Set(results[1].detectorsOf(inSecond));
    const detectors = results[0].detectorsOf(pair).filter((name) => others.has(name));
    if (detectors.length === 0) continue;
    const { rankings, clusters, photographs, why } = await scores.of([pair, inSecond], detectors);
    const inBoth = detectors.map((detector, nth): DetectorInBoth => {
      const [one, other] = [results[0].side(pair, detector), results[1].side(inSecond, detector)];
      return { detector, first: one, second: other, rankings: rankings?.[nth] ?? null };
    });
    pairs.push({ ...pair, inSecond, detectors: compareRow(inBoth, clusters), whyUnpaired: why, photographs });
  }
  return {
    ...{ ...about, pairs },
    only: [
      ...onlyIn('first', results[0], results[1], (pair) => namePairs.inSecond(pair) ?? []),
      ...onlyIn('second', results[1], results[0], (pair) => namePairs.inFirst(pair)),
    ],
  };
}

/**
 * Opens two runs and compares them.
 * @throws InputError when a folder holds no run, or both are the same one
 * @throws MetricError likewise
 */
export async function compareDirectories(
  first: string,
  second: string,
  compared: NamesCompared = {},
): Promise<RunComparison> {
  // Models and sets of one run can be compared with each other.
  if (!hasOtherNames(compared)) await requireDifferent([first, second]);
  const runs = [await openCompared(runDirectory(first)), await openCompared(runDirectory(second))] as const;
  return compareRuns(runs, [first, second], compared);
}

function settingsOf({ revision, scores }: ComparedRun) {
  return { revision, origins: scores?.origins ?? null };
}

function onlyIn(
  run: FoundOnlyIn['run'],
  results: IndexedResults,
  other: IndexedResults,
  inOther: (pair: ModelOutlierPair) => ModelOutlierPair | readonly ModelOutlierPair[],
): readonly FoundOnlyIn[] {
  return results.pairs.flatMap((pair): readonly FoundOnlyIn[] => {
    const asked = [inOther(pair)].flat();
    if (asked.length === 0) return [];
    const others = new Set(asked.flatMap((one) => other.detectorsOf(one)));
    if (others.size === 0) return [{ run, ...pair, detector: null }];
    return results
      .detectorsOf(pair)
      .filter((name) => !others.has(name))
      .map((detector) => ({ run, ...pair, detector }));
  });
}
