/** Logits of images whose classes are known. */
export interface LabelledLogits {
  /** K, at least 2. */
  readonly classes: number;
  /** h: [images, K]. */
  readonly logits: Float32Array;
  /** Below K: [images ≥ 1]. */
  readonly labels: Int32Array;
}

/** Between these T is sought: the likelihood of a network that is always right, or worse than chance, is largest at no T. */
export const fittedTemperatures = { least: 0.01, most: 1000 } as const;

/**
 * The temperature of the least negative log-likelihood −Σ log softmax(h / T)_y (Guo, Pleiss, Sun and Weinberger, "On Calibration of
 * Modern Neural Networks", ICML 2017), in float64. It is convex in β = 1 / T, so that there is one, at which its slope in β,
 * Σ (E_p[h] − h_y), is zero; found by Newton's steps, halved where they would leave the range that is known to hold it.
 * @returns T; an end of `fittedTemperatures` where the likelihood still rises there
 */
export function fitTemperature(images: LabelledLogits): number {
  const { least, most } = fittedTemperatures;
  let [low, high] = [1 / most, 1 / least];
  if (slopeAt(images, low).slope >= 0) return most;
  if (slopeAt(images, high).slope <= 0) return least;
  let beta = 1;
  for (let step = 0; step < mostSteps; step += 1) {
    const { slope, curvature } = slopeAt(images, beta);
    if (slope === 0) break;
    if (slope < 0) low = beta;
    else high = beta;
    const newton = beta - slope / curvature;
    const next = newton > low && newton < high ? newton : (low + high) / 2;
    if (Math.abs(next - beta) <= Number.EPSILON * beta) break;
    beta = next;
  }
  return 1 / beta;
}

/** Newton's steps are a dozen; halving alone would end within these. */
const mostSteps = 100;

/** First and second derivative of the negative log-likelihood in β: the mean and variance of h under softmax(βh), summed. */
function slopeAt({ classes, logits, labels }: LabelledLogits, beta: number) {
  let slope = 0;
  let curvature = 0;
  for (const [image, label] of labels.entries()) {
    const start = image * classes;
    let largest = Number.NEGATIVE_INFINITY;
    for (let c = start; c < start + classes; c += 1) largest = Math.max(largest, logits[c] ?? Number.NaN);
    let [sum, first, second] = [0, 0, 0];
    for (let c = start; c < start + classes; c += 1) {
      const below = (logits[c] ?? Number.NaN) - largest;
      const weight = Math.exp(beta * below);
      sum += weight;
      first += weight * below;
      second += weight * below * below;
    }
    const mean = first / sum;
    slope += mean - ((logits[start + label] ?? Number.NaN) - largest);
    curvature += second / sum - mean * mean;
  }
  return { slope, curvature };
}
