import type { GraphMemory } from '../../stages/graph/graph-memory.js';
import { imagesPerShard, nominalSeconds } from './nominal-work.js';

/** While a shard is finished its norms are there as they were scored, as those that are kept, as a column, and as a file. */
const copies = 4;
const bytesOfSingle = 4;

/** What decides how many rows a shard has. */
export interface ShardSizes {
  readonly grid: { readonly epsilon: readonly number[] };
  readonly shardSeconds: number;
}

/**
 * What norms of layers take in a worker, beside its graphs: those of the largest shard, which has every ε of one
 * temperature. None where there are none.
 * @param multiplications of one forward pass of the model
 * @param layers L, 0 where their norms are not kept
 */
export function layerRowsMemory(
  { grid, shardSeconds }: ShardSizes,
  batchSize: number,
  multiplications: number,
  layers: number,
): readonly GraphMemory[] {
  if (layers === 0) return [];
  const scoring = grid.epsilon.length;
  const seconds = nominalSeconds(
    { forward: 0, perturbation: 1, scoring, forwardPerturbation: 0 },
    multiplications,
  );
  const rows = imagesPerShard(seconds, shardSeconds, batchSize) * scoring;
  return [{ imageBytes: 0, fixedBytes: rows * layers * bytesOfSingle * copies }];
}
