import type { Members } from './members.js';

/** A measure of what an ensemble does not know (Malinin and Gales, 2021), larger = more out-of-domain. */
export interface EnsembleMeasure {
  /** As it is written in files. */
  readonly name: string;
  readonly title: string;
  value(members: Members): number;
}

/** −max of the mean probabilities, ranked by minus its log-odds, which are not rounded to 1. */
const confidence: EnsembleMeasure = {
  name: 'Confidence',
  title: 'Confidence',
  value: ({ logMean, logMeanComplement }) => {
    let largest = 0;
    for (const [c, log] of logMean.entries()) if (log > (logMean[largest] ?? 0)) largest = c;
    return (logMeanComplement[largest] ?? Number.NaN) - (logMean[largest] ?? Number.NaN);
  },
};

/** H of the mean: what is not known in all. */
const entropyOfExpected: EnsembleMeasure = {
  name: 'EoE',
  title: 'Entropy of expected',
  value: (members) => -members.expectedByMean((c) => finite(members.logMean[c])),
};

/** The mean of H: what lies in the data. */
const expectedEntropy: EnsembleMeasure = {
  name: 'ExE',
  title: 'Expected entropy',
  value: (members) => -members.meanExpected((member, c) => finite(members.logP[member]?.[c])),
};

/** The mean of KL(p ‖ mean), which is the difference of the two: what the members disagree on. */
const mutualInformation: EnsembleMeasure = {
  name: 'MI',
  title: 'Mutual information',
  value: ({ divergences }) => divergences.fromMean,
};

/** The mean of KL(p ‖ q) over all M² pairs of members, which is the sum of that and of the next. */
const epkl: EnsembleMeasure = {
  name: 'EPKL',
  title: 'Expected pairwise KL',
  value: ({ divergences }) => divergences.fromMean + divergences.ofMean,
};

/** The mean of KL(mean ‖ p): reverse mutual information. */
const mkl: EnsembleMeasure = {
  name: 'MKL',
  title: 'Reverse mutual information',
  value: ({ divergences }) => divergences.ofMean,
};

/** A probability of 0 in float64 has no part in a sum, whatever its logarithm. */
function finite(log: number | undefined): number {
  return log === undefined || log === Number.NEGATIVE_INFINITY ? 0 : log;
}

/** Every measure, in the order of tables. */
export const ensembleMeasures = [
  confidence,
  entropyOfExpected,
  expectedEntropy,
  mutualInformation,
  epkl,
  mkl,
] as const satisfies readonly EnsembleMeasure[];
