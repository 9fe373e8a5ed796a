import { countBelow, sortScores } from '../metrics/sorted-scores.js';
import { logS } from '../scores.js';

/** How many bins the calibration error is summed over. */
const usualBins = 15;

/** Images with labels, as one network sees them at one temperature. */
export interface JudgedImages {
  /** −λ, finite: [images]. */
  readonly logOdds: Float64Array;
  /** 1 where the predicted class is the label, 0 where it is not: [images]. */
  readonly isCorrect: Uint8Array;
  /** Ids of images, from 0 on. */
  idAt(image: number): string;
}

/** X_b: images of nearly equal confidence. */
export interface ReliabilityBin {
  /** How many. */
  readonly images: number;
  /** conf(X_b): the mean of S. */
  readonly confidence: number;
  /** acc(X_b): the share of images whose predicted class is the label. */
  readonly accuracy: number;
}

/**
 * The bins X_b of the paper's section 4.1, from the least confident: images ordered by confidence and divided into bins of equally
 * many, of which the first have one more where they can't all. The order is that of the log-odds, since S is 1 in floating point
 * for many, and then that of ids by their code units. The paper writes conf as the mean of e^ℓ; with its ℓ = −log S that is a slip
 * of sign, for e^−ℓ = S.
 * @returns as many bins as there are images where there are fewer
 */
export function reliabilityBins(images: JudgedImages, bins: number = usualBins): readonly ReliabilityBin[] {
  const order = confidenceOrder(images);
  const count = Math.min(bins, order.length);
  const size = Math.floor(order.length / count);
  const larger = order.length % count;
  return Array.from({ length: count }, (_, bin) => {
    const from = bin * size + Math.min(bin, larger);
    return binOf(images, order.subarray(from, from + size + (bin < larger ? 1 : 0)));
  });
}

/** ECE = Σ_b |X_b| / |X| · |acc(X_b) − conf(X_b)| (section 4.1; Naeini, Cooper and Hauskrecht, AAAI 2015). */
export function calibrationError(bins: readonly ReliabilityBin[]): number {
  const all = bins.reduce((sum, { images }) => sum + images, 0);
  return bins.reduce(
    (sum, { images, accuracy, confidence }) => sum + (images / all) * Math.abs(accuracy - confidence),
    0,
  );
}

/** Images from the least confident: each is placed by what lies below it, which is sooner done than by comparing pairs. */
function confidenceOrder({ logOdds, idAt }: JudgedImages): Uint32Array {
  const order = new Uint32Array(logOdds.length);
  if (order.length === 0) return order;
  const sorted = sortScores(logOdds);
  // How many images of a log-odds are placed, kept where its first one stands.
  const placed = new Uint32Array(order.length);
  for (const [image, value] of logOdds.entries()) {
    const first = countBelow(sorted, value);
    order[first + (placed[first] ?? 0)] = image;
    placed[first] = (placed[first] ?? 0) + 1;
  }
  for (const [first, count] of placed.entries())
    if (count > 1) order.subarray(first, first + count).sort((a, b) => compareIds(idAt(a), idAt(b)));
  return order;
}

function compareIds(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function binOf({ logOdds, isCorrect }: JudgedImages, members: Uint32Array): ReliabilityBin {
  let confidence = 0;
  let correct = 0;
  for (const image of members) {
    confidence += Math.exp(logS(logOdds[image] ?? Number.NaN));
    correct += isCorrect[image] ?? 0;
  }
  const images = members.length;
  return { images, confidence: confidence / images, accuracy: correct / images };
}
