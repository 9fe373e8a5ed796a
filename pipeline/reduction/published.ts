import {
  type PublishedAuroc,
  publishedAblations,
  publishedDetectors,
  publishedHardExamples,
  publishedInDomain,
  publishedModels,
} from '../../manifests/paper/published.js';
import { type Ablation, ablations } from '../../stages/cells.js';
import { detectors } from '../../stages/detectors/index.js';
import type { Experiment } from '../experiment/experiment.js';
import type { PublishedFigure } from '../tables/table.js';
import type { AccuracyRow, MetricRow } from './result-rows.js';

/** As much of an experiment as says which of its models and sets are the paper's. */
export type PublishedExperiment = Partial<Pick<Experiment, 'models' | 'inDomain' | 'outliers' | 'ensembles'>>;

/** What the paper publishes of a run's figures; null of those that it does not have. */
export interface Published {
  /** @param detector its name, or `Ensemble` */
  auroc(row: MetricRow, detector: string, ablation: Ablation): PublishedFigure | null;
  /** ROC-AUC of S or G on hard examples of a set, of any of the paper's networks: it does not say which it shows. */
  hardExamples(
    pair: Pick<MetricRow, 'model' | 'outlier'>,
    by: 'S' | 'G',
    ours: { readonly value: number; readonly deviation: number },
  ): PublishedFigure | null;
  accuracy(row: Pick<AccuracyRow, 'model' | 'set' | 'accuracy' | 'labelled'>): PublishedFigure | null;
}

/** A detector of table 5, beside those that have names here. */
export const publishedEnsemble = 'Ensemble';

/** Finds published values by what the experiment says that its models and sets are (`published`), never by their names. */
export function publishedOf(experiment: PublishedExperiment): Published {
  const { models = [], ensembles = [], outliers = [], inDomain } = experiment;
  const modelOf = new Map([...models, ...ensembles].map(({ name, published }) => [name, published]));
  const setOf = new Map(outliers.map(({ name, published }) => [name, published]));
  return {
    auroc({ model, outlier, value, deviation }, detector, ablation) {
      const [network, set] = [modelOf.get(model), setOf.get(outlier)];
      if (inDomain?.published === undefined || network === undefined || set === undefined) return null;
      const found =
        publishedAblations[detector]?.[network]?.[set]?.[ablations.indexOf(ablation)] ??
        (isItself(detector, ablation) ? publishedDetectors[network]?.[set]?.[detector] : undefined);
      return found === undefined ? null : compared(found, value, deviation);
    },
    hardExamples({ model, outlier }, by, { value, deviation }) {
      const [network, set] = [modelOf.get(model), setOf.get(outlier)];
      if (inDomain?.published === undefined || network === undefined || set === undefined) return null;
      const found = publishedHardExamples[set]?.[by];
      return found === undefined ? null : compared(found, value, deviation);
    },
    accuracy({ model, set, accuracy, labelled }) {
      const network = models.find(({ name }) => name === model)?.published;
      if (inDomain?.published === undefined || set !== inDomain.name) return null;
      if (network === undefined || accuracy === null) return null;
      const { accuracy: published, inDomain: on } = publishedModels[network];
      return comparedAccuracy(published, publishedInDomain[on].test, accuracy, labelled);
    },
  };
}

/** Whether an ablation is the detector as it is: the last of its list. */
function isItself(name: string, ablation: Ablation): boolean {
  if (name === publishedEnsemble) return true;
  return detectors.find((detector) => detector.name === name)?.ablations.at(-1) === ablation;
}

function compared([value, deviation]: PublishedAuroc, ours: number, own: number): PublishedFigure {
  return { value, deviation, difference: (ours - value) / Math.hypot(own, deviation) };
}

/** The paper gives no σ of accuracies: of both the binomial one is taken. */
function comparedAccuracy(value: number, tested: number, ours: number, images: number): PublishedFigure {
  const variance = (rate: number, count: number): number => (rate * (1 - rate)) / count;
  const sum = variance(ours, images) + variance(value, tested);
  return { value, deviation: null, difference: (ours - value) / Math.sqrt(sum) };
}
