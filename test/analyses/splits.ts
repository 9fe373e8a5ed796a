import type { AnalysedSet, AnalysisInput } from '../../pipeline/analyses/analysis.js';
import { resampleHere } from '../../pipeline/reduction/resampler.js';
import type { SelectionRow } from '../../pipeline/selection/selection-rows.js';
import { detectorNamed } from '../../stages/detectors/index.js';
import type { SplitScores } from '../../stages/metrics/split-scores.js';

/** What is given of a split: numbers by image, larger where a detector is more suspicious. */
export interface GivenSplit {
  readonly msp: readonly number[];
  /** Default: those of MSP. */
  readonly ml?: readonly number[];
  readonly labels?: readonly number[];
  readonly predicted?: readonly number[];
  readonly bases?: readonly string[];
  readonly ids?: readonly string[];
}

/** A split with the same scores at every cell. */
export function givenSplit(set: string, given: GivenSplit): SplitScores {
  const { msp, ml = msp, bases, ids } = given;
  const labels = given.labels ?? msp.map(() => -1);
  return {
    set,
    size: msp.length,
    labels: Int32Array.from(labels),
    idAt: (image) => ids?.[image] ?? `${set} ${image}`,
    baseAt: (image) => bases?.[image] ?? `${set} ${image}`,
    failed: 0,
    at: () => ({
      predicted: Int32Array.from(given.predicted ?? labels),
      maxLogit: Float64Array.from(ml, (x) => -x),
      logOdds: Float64Array.from(msp, (x) => -x),
      logSG: Float64Array.from(ml),
    }),
  };
}

/** A test split, and what else is known of its set. */
export interface GivenSet {
  readonly test: SplitScores;
  readonly validation?: SplitScores;
  /** Of the experiment's set. */
  readonly more?: Readonly<Record<string, unknown>>;
  /** Of the analysed one. */
  readonly opened?: Readonly<Record<string, unknown>>;
}

/** The inputs of an analysis: of the in-domain set itself, then of each outlier set. */
export function inputsOf(
  inDomain: GivenSet,
  outliers: readonly GivenSet[],
  experiment: Readonly<Record<string, unknown>> = {},
  detectors: readonly string[] = ['MSP', 'ML'],
): readonly AnalysisInput[] {
  const analysed = ({ test, validation, opened }: GivenSet, role: 'in-domain' | 'outlier') =>
    ({
      set: { name: test.set, role, ...opened },
      test,
      validation: async () => validation ?? test,
    }) as unknown as AnalysedSet;
  const known = analysed(inDomain, 'in-domain');
  const selection = outliers.flatMap(({ test }) =>
    detectors.map((detector): SelectionRow => {
      const ablation = detectorNamed(detector).ablations.at(-1) ?? 'vanilla';
      return {
        ...{ model: 'net', outlier: test.set, detector, ablation },
        ...{ epsilon: 0, temperature: 1, validationAuroc: 0.5 },
      };
    }),
  );
  const common = {
    experiment: {
      ...{ seed: 5, resamplings: { deviation: 8, interval: 30 }, groups: [], ensembles: [] },
      ...{ grid: { epsilon: [0], temperature: [1] }, detectors, inDomain: { name: inDomain.test.set } },
      outliers: outliers.map(({ test, more }) => ({ name: test.set, ...more })),
      ...experiment,
    },
    subject: { name: 'net', detectors: detectors.map(detectorNamed) },
    ...{ selection, surfaces: [], inDomain: known, fullSpectrum: null, resampler: resampleHere },
  };
  return [known, ...outliers.map((one) => analysed(one, 'outlier'))].map(
    (one) => ({ ...common, analysed: one }) as unknown as AnalysisInput,
  );
}

/** Repeatable numbers between −1 and 1. */
export const drawn = (seed: number, size: number, shift = 0): readonly number[] =>
  Array.from({ length: size }, (_, i) => Math.sin(seed * 127.1 + i * 311.7) + shift);
