import { type Clusters, clustersOf } from '../../stages/metrics/clusters.js';
import { type Ranking, rank } from '../../stages/metrics/ranking.js';
import { chosenScores } from '../analyses/chosen-scores.js';
import type { ModelOutlierPair } from '../reduction/results.js';
import type { Subject } from '../waves/subjects.js';
import type { ComparedRun, ScoredSet, TestScores } from './compared-run.js';
import type { IndexedResults } from './indexed-results.js';
import { inOrder, matchRows, type RowMatch } from './matched-rows.js';

/** One of each of two runs, the first one's first. */
export type Both<T> = readonly [first: T, second: T];

/** How two runs rank the same images of one model and outlier set, in the order of the first run. */
export interface PairRankings {
  /** By detector; null where the runs have not scored the same images. */
  readonly rankings: readonly Both<Ranking>[] | null;
  /** Null where no images share a photograph. */
  readonly clusters: Clusters | null;
  /** Different photographs among the images. */
  readonly photographs: number | null;
  /** Why there are no rankings. */
  readonly why: string | null;
}

/** Reads the scores of two runs model by model; the in-domain ones are kept as long as one model is asked for. */
export class PairedScores {
  readonly #runs: Both<ComparedRun>;
  readonly #results: Both<IndexedResults>;
  #inDomain: {
    readonly models: Both<string>;
    readonly sets: Both<ScoredSet>;
    readonly match: RowMatch;
  } | null = null;

  constructor(runs: Both<ComparedRun>, results: Both<IndexedResults>) {
    this.#runs = runs;
    this.#results = results;
  }

  /**
   * @param pairs what each run calls the model and the outlier set
   * @param detectors that both runs have results of
   * @throws MetricError where a score is not finite
   */
  async of(pairs: Both<ModelOutlierPair>, detectors: readonly string[]): Promise<PairRankings> {
    const [first, second] = this.#runs;
    const no = (why: string | null): PairRankings => ({
      ...{ rankings: null, clusters: null, photographs: null, why },
    });
    if (first.scores === null) return no(`the first run's scores can't be read: ${first.whyNoScores}`);
    if (second.scores === null) return no(`the second run's scores can't be read: ${second.whyNoScores}`);
    const [pair, other] = pairs;
    const scores = [first.scores, second.scores] as const;
    const subjects = [subjectIn(scores[0], pair.model), subjectIn(scores[1], other.model)] as const;
    const inDomain = await this.#inDomainOf([pair.model, other.model], scores, subjects);
    if (inDomain.match.places === null) return no(inDomain.match.why);
    const outlier = await loadBoth(scores, subjects, [pair.outlier, other.outlier]);
    const match = matchRows(pair.outlier, outlier[0].images, outlier[1].images);
    if (match.places === null) return no(match.why);
    const places = { inDomain: inDomain.match.places, outlier: match.places };
    const scoresOf = (detector: string, nth: 0 | 1) => {
      const row = this.#results[nth].chosen(pairs[nth], detector);
      return [inDomain.sets[nth], outlier[nth]].map(({ split }) => chosenScores(subjects[nth], row, split));
    };
    const none = new Float64Array();
    const rankings = detectors.map((detector): Both<Ranking> => {
      const what = `${detector} of ${pair.model} on ${pair.outlier}`;
      const [inside = none, outside = none] = scoresOf(detector, 0);
      const [inOther = none, outOther = none] = scoresOf(detector, 1);
      return [
        rank(inside, outside, what),
        rank(inOrder(inOther, places.inDomain), inOrder(outOther, places.outlier), what),
      ];
    });
    const clusters = clustersOf(inDomain.sets[0].split, outlier[0].split);
    const images = inDomain.sets[0].split.size + outlier[0].split.size;
    return { rankings, clusters, photographs: clusters?.count ?? images, why: null };
  }

  async #inDomainOf(models: Both<string>, scores: Both<TestScores>, subjects: Both<Subject>) {
    if (this.#inDomain === null || String(this.#inDomain.models) !== String(models)) {
      const names = [scores[0].inDomain, scores[1].inDomain] as const;
      const sets = await loadBoth(scores, subjects, names);
      this.#inDomain = { models, sets, match: matchRows(names[0], sets[0].images, sets[1].images) };
    }
    return this.#inDomain;
  }
}

async function loadBoth(
  [first, second]: Both<TestScores>,
  subjects: Both<Subject>,
  sets: Both<string>,
): Promise<Both<ScoredSet>> {
  return [await first.load(subjects[0], sets[0]), await second.load(subjects[1], sets[1])];
}

function subjectIn({ subjects }: TestScores, model: string): Subject {
  const found = subjects.find(({ name }) => name === model);
  if (found === undefined) throw new RangeError(`no scores of ${model}`);
  return found;
}
