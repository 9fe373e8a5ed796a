import { type Cell, cellKey } from '../../stages/cells.js';
import { poolScores } from '../../stages/metrics/pool-scores.js';
import type { SplitScores } from '../../stages/metrics/split-scores.js';
import type { PlannedShard } from '../../workers/store/planned-shard.js';
import type { AnalysedSet, SubjectLook } from '../analyses/analysis.js';
import { type AnalysisRows, analysisRows, listedAnalyses } from '../analyses/index.js';
import { selectionPools } from '../experiment/sets.js';
import type { OpenRun, OpenSet } from '../opening/opened.js';
import type { Resampler } from '../reduction/resampler.js';
import { fittedIn } from '../selection/fitted.js';
import { loadLayers, type SplitLayers } from '../store/load-layers.js';
import { type Selected, searchWave } from '../waves/select-cells.js';
import { type Subject, subjectsOf } from '../waves/subjects.js';

/** Has every analysis look at one subject and set after another. */
export class Analysing {
  readonly #run: OpenRun;
  readonly #planned: readonly PlannedShard[];
  readonly #selected: Selected;
  readonly #inSearch: readonly Subject[];
  readonly #resampler: Resampler;
  readonly #rows = new Map<string, unknown[]>();
  /** Of the analyses of all sets together, one a subject. */
  readonly #looks = new Map<string, SubjectLook<unknown>[]>();

  constructor(run: OpenRun, planned: readonly PlannedShard[], selected: Selected, resampler: Resampler) {
    this.#run = run;
    this.#planned = planned;
    this.#resampler = resampler;
    this.#selected = selected;
    this.#inSearch = subjectsOf(
      ...([run, planned, searchWave(run)] as const),
      fittedIn(selected.rows, run.experiment.detectors),
    );
  }

  /** What was found so far. */
  get rows(): AnalysisRows {
    return analysisRows((key) => [
      ...(this.#rows.get(key) ?? []),
      ...(this.#looks.get(key) ?? []).flatMap((look) => look.rows()),
    ]);
  }

  /**
   * @returns looks at a set, whose test split is given; at the in-domain set first, and at outlier sets with the full spectrum
   * where there is one
   */
  of(subject: Subject): (set: OpenSet, test: SplitScores, fullSpectrum: SplitScores | null) => Promise<void> {
    const { experiment } = this.#run;
    const ofSubject = ({ model }: { readonly model: string }): boolean => model === subject.name;
    const selection = this.#selected.rows.filter(ofSubject);
    const surfaces = this.#selected.surfaces.filter(ofSubject);
    const resampler = this.#resampler;
    let inDomain: AnalysedSet | undefined;
    const looks = new Map<string, SubjectLook<unknown>>();
    for (const [key, analysis] of listedAnalyses) {
      if (!('begin' in analysis)) continue;
      const look = analysis.begin();
      looks.set(key, look);
      this.#looks.set(key, [...(this.#looks.get(key) ?? []), look]);
    }
    return async (set, test, fullSpectrum) => {
      const analysed = this.#analysedSet(subject, set, test);
      inDomain ??= analysed;
      for (const [key, analysis] of listedAnalyses) {
        if (!analysis.isAsked(experiment)) continue;
        const input = {
          ...{ experiment, subject, selection, surfaces },
          ...{ inDomain, analysed, fullSpectrum, resampler },
        };
        await looks.get(key)?.add(input);
        if (!('reduce' in analysis)) continue;
        const found = await analysis.reduce(input);
        const rows = this.#rows.get(key) ?? [];
        // One by one: a surface has more rows than a call takes arguments.
        for (const row of found) rows.push(row);
        this.#rows.set(key, rows);
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
      layers: keptLayers(async (cell) => {
        if (!this.#run.experiment.layerNorms) return null;
        const { rows } = set.rows;
        const asked = { model: subject.name, rows: set.split.test, idAt: rows.idAt.bind(rows), scores: test };
        return loadLayers(this.#run, this.#planned, { ...asked, ...cell });
      }),
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

/** Norms of in-domain images are asked for once a cell and outlier set: those asked for last are kept. */
const mostKept = 256e6;

/** Keeps what was read last, within a bound of bytes. */
function keptLayers(
  read: (cell: Cell) => Promise<SplitLayers | null>,
): (cell: Cell) => Promise<SplitLayers | null> {
  const kept = new Map<string, SplitLayers | null>();
  return async (cell) => {
    const key = cellKey(cell);
    const found = kept.has(key) ? (kept.get(key) ?? null) : await read(cell);
    kept.delete(key);
    kept.set(key, found);
    const room = Math.max(1, Math.floor(mostKept / Math.max(1, found?.logNorms.byteLength ?? 1)));
    for (const oldest of kept.keys()) if (kept.size > room) kept.delete(oldest);
    return found;
  };
}
