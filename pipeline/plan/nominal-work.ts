import type { PassCounts } from '../../workers/store/planned-shard.js';

/**
 * Nominal costs, the same on every machine so that a plan never depends on where it was made: a pass in
 * multiples of a forward pass, and a machine of 10¹¹ multiplications a second that spends 0.1 ms on each
 * pass and 1 ms on each image beside the arithmetic.
 */
const FORWARDS = { forward: 1, perturbation: 2.5, scoring: 3.5 } as const;
const MULTIPLICATIONS_PER_SECOND = 1e11;
const SECONDS_PER_PASS = 1e-4;
const SECONDS_PER_IMAGE = 1e-3;

/**
 * Nominal seconds of work on one image.
 * @param multiplications of one forward pass of the model
 */
export function nominalSeconds(passes: PassCounts, multiplications: number): number {
  const forwards = nominalForwards(passes);
  const count = passes.forward + passes.perturbation + passes.forwardPerturbation + passes.scoring;
  return (
    (forwards * multiplications) / MULTIPLICATIONS_PER_SECOND + count * SECONDS_PER_PASS + SECONDS_PER_IMAGE
  );
}

/** Nominal work on one image, in forward passes of its model. */
export function nominalForwards(passes: PassCounts): number {
  return (
    passes.forward * FORWARDS.forward +
    (passes.perturbation + passes.forwardPerturbation) * FORWARDS.perturbation +
    passes.scoring * FORWARDS.scoring
  );
}

/** Images in a shard of about `shardSeconds` nominal seconds: whole batches, at least one. */
export function imagesPerShard(secondsPerImage: number, shardSeconds: number, batchSize: number): number {
  return Math.max(1, Math.floor(shardSeconds / secondsPerImage / batchSize)) * batchSize;
}
