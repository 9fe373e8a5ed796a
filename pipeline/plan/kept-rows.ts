import type { GraphMemory } from '../../stages/graph/graph-memory.js';
import type { KeptLogits } from '../experiment/kept-logits.js';
import { imagesPerShard, nominalSeconds } from './nominal-work.js';

/** While a shard is finished its numbers are there as they were scored, as those that are kept, as a column, and as a file. */
const copies = 4;
const bytesOfSingle = 4;

/** Images of a shard that keeps logits, at most: of 1 000 classes they take 16 MB. */
const mostWithLogits = 4096;

/** What decides how many rows a shard has. */
export interface KeptRows {
  readonly grid: { readonly epsilon: readonly number[] };
  readonly shardSeconds: number;
}

/** What a model's rows depend on. */
export interface RowSizes {
  /** Of one forward pass. */
  readonly multiplications: number;
  /** K */
  readonly classes: number;
  /** L, 0 where their norms are not kept. */
  readonly layers: number;
  /** What each wave keeps of its logits. */
  readonly kept: readonly KeptLogits[];
}

/** Bytes that are kept of the logits of one image. */
export function keptLogitBytes(kept: KeptLogits, classes: number): number {
  return kept === 'all'
    ? classes * Float32Array.BYTES_PER_ELEMENT
    : kept.length * Float64Array.BYTES_PER_ELEMENT;
}

/**
 * What lists of numbers take in a worker, beside its graphs: norms of layers in the largest shard, which has every ε of one
 * temperature, or the logits of another, or what is read of them. None where nothing is kept.
 */
export function keptRowsMemory(
  { grid, shardSeconds }: KeptRows,
  batchSize: number,
  { multiplications, classes, layers, kept }: RowSizes,
): readonly GraphMemory[] {
  const scoring = grid.epsilon.length;
  const seconds = (forward: number, backward: number): number =>
    nominalSeconds(
      { forward, perturbation: backward, scoring: backward * scoring, forwardPerturbation: 0 },
      multiplications,
    );
  const withNorms = imagesPerShard(seconds(0, 1), shardSeconds, batchSize) * scoring * layers;
  const ofLogits = kept.map((what) => {
    const images = what === 'all' ? imagesWithLogits : imagesPerShard;
    return images(seconds(1, 0), shardSeconds, batchSize) * keptLogitBytes(what, classes);
  });
  const bytes = Math.max(withNorms * bytesOfSingle, ...ofLogits);
  return bytes === 0 ? [] : [{ imageBytes: 0, fixedBytes: bytes * copies }];
}

/** Images in a shard that keeps logits: no more than so many, however little work they are. */
export function imagesWithLogits(secondsPerImage: number, shardSeconds: number, batchSize: number): number {
  const most = Math.ceil(mostWithLogits / batchSize) * batchSize;
  return Math.min(imagesPerShard(secondsPerImage, shardSeconds, batchSize), most);
}
