import { poolScores } from '../../stages/metrics/pool-scores.js';
import type { SplitScores } from '../../stages/metrics/split-scores.js';
import type { PlannedShard } from '../../workers/store/planned-shard.js';
import type { AnalysedSet } from '../analyses/analysis.js';
import { type AnalysisRows, analysisRows, listedAnalyses } from '../analyses/index.js';
import { selectionPools } from '../experiment/sets.js';
import type { OpenRun, OpenSet } from '../opening/opened.js';
import type { Resampler } from '../reduction/resampler.js';
import { fittedIn } from '../selection/fitted.js';
import { loadLogits } from '../store/load-logits.js';
import { waveRows } from '../waves/plan-wave.js';
import { type Selected, searchWave } from '../waves/select-cells.js';
import { type Subject, subjectsOf } from '../waves/subjects.js';

/** Has every analysis look at one subject and set after another. */
export class Analysing {
  readonly #run: OpenRun;
  readonly #planned: readonly PlannedShard[];
  readonly #selection: Selected['rows'];
  readonly #inSearch: readonly Subject[];
  readonly #resampler: Resampler;
  readonly #rows = new Map<string, unknown[]>();

  constructor(
    run: OpenRun,
    planned: readonly PlannedShard[],
    selection: Selected['rows'],
    resampler: Resampler,
  ) {
    this.#run = run;
    this.#resampler = resampler;
    this.#planned = planned;
    this.#selection = selection;
    this.#inSearch = subjectsOf(
      ...([run, planned, searchWave(run)] as const),
      fittedIn(selection, run.experiment.detectors),
    );
  }

  /** What was found so far. */
  get rows(): AnalysisRows {
    return analysisRows((key) => this.#rows.get(key) ?? []);
  }

  /** @returns looks at a set, whose test split is given; at the in-domain set first */
  of(subject: Subject): (set: OpenSet, test: SplitScores) => Promise<void> {
    const { experiment } = this.#run;
    const selection = this.#selection.filter(({ model }) => model === subject.name);
    let inDomain: AnalysedSet | undefined;
    return async (set, test) => {
      const analysed = this.#analysedSet(subject, set, test);
      inDomain ??= analysed;
      const resampler = this.#resampler;
      const input = { experiment, subject, selection, inDomain, analysed, resampler };
      for (const [key, analysis] of listedAnalyses) {
        if (!analysis.isAsked(experiment)) continue;
        const found = await analysis.reduce(input);
        this.#rows.set(key, [...(this.#rows.get(key) ?? []), ...found]);
      }
    };
  }

  #analysedSet(subject: Subject, set: OpenSet, test: SplitScores): AnalysedSet {
    let validation: Promise<SplitScores> | undefined;
    return {
      set,
      test,
      validation: () => {
        validation ??= this.#validation(subject, set);
        return validation;
      },
      logits: (wave) => {
        const asked = { model: subject.name, set: set.name, manifest: set.rows, rows: waveRows(wave, set) };
        return loadLogits(this.#run, this.#planned, asked);
      },
    };
  }

  /** The validation rows that a set's cells are chosen on. */
  async #validation({ name }: Subject, { role, name: set }: OpenSet): Promise<SplitScores> {
    const { inDomain, outliers } = selectionPools(this.#run.experiment);
    const names = role === 'in-domain' ? inDomain : (outliers.get(set) ?? []);
    const subject = this.#inSearch.find((one) => one.name === name);
    const splits: SplitScores[] = [];
    for (const one of this.#run.sets)
      if (subject !== undefined && names.includes(one.name)) splits.push(await subject.load(one));
    return poolScores(names.join(' + '), splits);
  }
}
