import {
  calibrationError,
  type JudgedImages,
  type ReliabilityBin,
  reliabilityBins,
} from '../../stages/calibration/reliability.js';
import type { SplitScores } from '../../stages/metrics/split-scores.js';

/** How many images of a split have labels. */
export function labelledImages({ labels }: SplitScores): number {
  return labels.reduce((sum, label) => sum + (label < 0 ? 0 : 1), 0);
}

/** The reliability of a split's labelled images at ε = 0; no bin where none has a label. */
export function reliabilityAt(split: SplitScores, temperature: number): readonly ReliabilityBin[] {
  const labelled = Array.from(split.labels.keys()).filter((image) => (split.labels[image] ?? -1) >= 0);
  if (labelled.length === 0) return [];
  const { logOdds, predicted } = split.at({ epsilon: 0, temperature });
  const images: JudgedImages = {
    logOdds: Float64Array.from(labelled, (image) => logOdds[image] ?? Number.NaN),
    isCorrect: Uint8Array.from(labelled, (image) => (predicted[image] === split.labels[image] ? 1 : 0)),
    idAt: (nth) => split.idAt(labelled[nth] ?? -1),
  };
  return reliabilityBins(images);
}

/** Their expected calibration error; null where none has a label. */
export function eceAt(split: SplitScores, temperature: number): number | null {
  const bins = reliabilityAt(split, temperature);
  return bins.length === 0 ? null : calibrationError(bins);
}
