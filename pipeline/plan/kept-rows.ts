import type { GraphMemory } from '../../stages/graph/graph-memory.js';
import { imagesPerShard, nominalSeconds } from './nominal-work.js';

/** While a shard is finished its numbers are there as they were scored, as those that are kept, as a column, and as a file. */
const copies = 4;
const bytesOfSingle = 4;

/** Images of a shard that keeps logits, at most: of 1 000 classes they take 16 MB. */
const mostWithLogits = 4096;

/** What decides how many rows a shard has, and what is kept of each. */
export interface KeptRows {
  readonly grid: { readonly epsilon: readonly number[] };
  readonly shardSeconds: number;
  readonly logits?: boolean | undefined;
}

/** What a model's rows depend on. */
export interface RowSizes {
  /** Of one forward pass. */
  readonly multiplications: number;
  /** K */
  readonly classes: number;
  /** L, 0 where their norms are not kept. */
  readonly layers: number;
}

/**
 * What lists of numbers take in a worker, beside its graphs: norms of layers in the largest shard, which has every ε of one
 * temperature, or the logits of another. None where neither is kept.
 */
export function keptRowsMemory(
  { grid, shardSeconds, logits = false }: KeptRows,
  batchSize: number,
  { multiplications, classes, layers }: RowSizes,
): readonly GraphMemory[] {
  const scoring = grid.epsilon.length;
  const seconds = (forward: number, backward: number): number =>
    nominalSeconds(
      { forward, perturbation: backward, scoring: backward * scoring, forwardPerturbation: 0 },
      multiplications,
    );
  const withNorms = imagesPerShard(seconds(0, 1), shardSeconds, batchSize) * scoring * layers;
  const withLogits = logits ? imagesWithLogits(seconds(1, 0), shardSeconds, batchSize) * classes : 0;
  const numbers = Math.max(withNorms, withLogits);
  return numbers === 0 ? [] : [{ imageBytes: 0, fixedBytes: numbers * bytesOfSingle * copies }];
}

/** Images in a shard that keeps logits: no more than so many, however little work they are. */
export function imagesWithLogits(secondsPerImage: number, shardSeconds: number, batchSize: number): number {
  const most = Math.ceil(mostWithLogits / batchSize) * batchSize;
  return Math.min(imagesPerShard(secondsPerImage, shardSeconds, batchSize), most);
}
