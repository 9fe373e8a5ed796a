import type { SplitScores } from '../../stages/metrics/split-scores.js';
import type { PlannedExperiment } from '../experiment/experiment.js';
import type { AnalysisInput } from './analysis.js';

/** Which images outliers are told from. */
export interface Spectrum {
  /** Behind the names of files and tables. */
  readonly suffix: '' | '-full-spectrum';
  /** Before captions. */
  readonly title: string;
  /** Behind what is ranked in titles of plots. */
  readonly of: string;
  isAsked(experiment: PlannedExperiment): boolean;
  /** The test images; null where the analysed set is not compared with them. */
  known(input: AnalysisInput): SplitScores | null;
}

/** Those of the in-domain set. */
export const inDomainAlone: Spectrum = {
  suffix: '',
  title: '',
  of: '',
  isAsked: () => true,
  known: ({ inDomain }) => inDomain.test,
};

/** Those of the in-domain set and of the covariate-shifted ones, as one sample (OpenOOD v1.5's full spectrum). */
export const fullSpectrum: Spectrum = {
  suffix: '-full-spectrum',
  title: 'Full spectrum, with covariate-shifted sets as in-domain: ',
  of: ', full spectrum',
  isAsked: ({ covariateShifted = [] }) => covariateShifted.length > 0,
  known: (input) => input.fullSpectrum,
};
