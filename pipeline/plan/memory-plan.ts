import { formatBytes } from '../../manifests/input/bytes.js';
import type { GraphMemory } from '../../stages/graph/graph-memory.js';
import type { MemoryUse } from '../../workers/engines/memory-use.js';
import { decodablePixels } from '../../workers/images/decoding-bytes.js';
import { KEPT_PIXELS_BYTES } from '../../workers/images/kept-pixels.js';

/**
 * What one model takes while its shards are scored: one entry a graph, as all of them stay open, and one for norms of layers
 * (`keptRowsMemory`).
 */
export type ModelMemory = readonly GraphMemory[];

/** Largest batch that is chosen: more images at once gain next to nothing. */
export const LARGEST_BATCH = 32;

/** What each worker may take for decoding at least: photographs of up to about ten million pixels. */
export const LEAST_DECODING_BYTES = 64e6;

/** How much memory a run takes, and how it is spent. */
export interface MemoryPlan {
  readonly batchSize: number;
  readonly workers: number;
  /** Estimate for the pool process, with the largest model in every worker. */
  readonly plannedBytes: number;
  /** What the user allows, or null. */
  readonly allowedBytes: number | null;
  /** What each worker may take for decoding, or null where it is not bounded. */
  readonly decodingBytes: number | null;
}

/** Estimated bytes of a pool process. */
export function poolBytes(
  models: readonly ModelMemory[],
  batchSize: number,
  workers: number,
  use: MemoryUse,
): number {
  const opened = Math.max(0, ...models.map((graphs) => openBytes(graphs, batchSize, use)));
  return use.processBytes + workers * (use.workerBytes + LEAST_DECODING_BYTES + KEPT_PIXELS_BYTES + opened);
}

/**
 * Estimated bytes that the graphs of the largest model take of a device's own memory.
 * @param use what graphs take of it
 */
export function deviceBytes(models: readonly ModelMemory[], batchSize: number, use: MemoryUse): number {
  return use.processBytes + Math.max(0, ...models.map((graphs) => openBytes(graphs, batchSize, use)));
}

/** Estimated bytes of one model's graphs. */
function openBytes(
  graphs: ModelMemory,
  batchSize: number,
  { weightFactor, valueFactor, values }: MemoryUse,
): number {
  const weights = sum(graphs.map(({ fixedBytes }) => fixedBytes));
  const images = graphs.map(({ imageBytes }) => imageBytes);
  const image = values === 'kept by each graph' ? sum(images) : Math.max(0, ...images);
  return weights * weightFactor + image * batchSize * valueFactor;
}

function sum(sizes: readonly number[]): number {
  return sizes.reduce((total, size) => total + size, 0);
}

/**
 * The largest batch of up to 32 images that fits. Where not even one image fits, workers are left out.
 * @param memoryAt what the models' graphs take when compiled for a batch size
 * @returns null when one worker with one image a batch is too much
 */
export function chooseBatch(
  memoryAt: (batchSize: number) => readonly ModelMemory[],
  workers: number,
  allowedBytes: number,
  use: MemoryUse,
): number | null {
  for (let count = workers; count > 0; count -= 1) {
    const bytesAt: BytesAt = (models, batchSize) => poolBytes(models, batchSize, count, use);
    const chosen = largestBatch(memoryAt, bytesAt, allowedBytes, LARGEST_BATCH);
    if (chosen !== null) return chosen;
  }
  return null;
}

/**
 * The largest batch whose graphs fit in a device's own memory.
 * @param memoryAt what the models' graphs take when compiled for a batch size
 * @param largest no more images than these
 * @returns null when one image a batch is too much
 */
export function chooseDeviceBatch(
  memoryAt: (batchSize: number) => readonly ModelMemory[],
  allowedBytes: number,
  use: MemoryUse,
  largest: number,
): number | null {
  return largestBatch(
    memoryAt,
    (models, batchSize) => deviceBytes(models, batchSize, use),
    allowedBytes,
    largest,
  );
}

/** What graphs take with batches of a size. */
type BytesAt = (models: readonly ModelMemory[], batchSize: number) => number;

function largestBatch(
  memoryAt: (batchSize: number) => readonly ModelMemory[],
  bytesAt: BytesAt,
  allowedBytes: number,
  largest: number,
): number | null {
  // A graph for fewer images may be built differently, so each batch size is judged by the graphs compiled for it.
  for (let batchSize = largest; batchSize > 0; ) {
    const models = memoryAt(batchSize);
    if (bytesAt(models, batchSize) <= allowedBytes) return batchSize;
    const empty = bytesAt(models, 0);
    const image = bytesAt(models, 1) - empty;
    batchSize = Math.min(batchSize - 1, Math.floor((allowedBytes - empty) / image));
  }
  return null;
}

/** As many of the workers as fit, or null when not even one does. */
export function planMemory(
  models: readonly ModelMemory[],
  batchSize: number,
  workers: number,
  allowedBytes: number | null,
  use: MemoryUse,
): MemoryPlan | null {
  for (let count = workers; count > 0; count -= 1) {
    const plannedBytes = poolBytes(models, batchSize, count, use);
    if (allowedBytes === null || plannedBytes <= allowedBytes) {
      const decodingBytes = allowedBytes === null ? null : decodingShare(allowedBytes - plannedBytes, count);
      return { batchSize, workers: count, plannedBytes, allowedBytes, decodingBytes };
    }
  }
  return null;
}

/** Half of what is left over is each worker's for large images; the other half is left for what estimates miss. */
function decodingShare(leftBytes: number, workers: number): number {
  return LEAST_DECODING_BYTES + Math.floor(leftBytes / 2 / workers);
}

/**
 * Which images the plan leaves out, in one line.
 * @param maxPixels what the user allows
 * @returns null where all of them can be decoded
 */
export function decodingPlanText({ decodingBytes }: MemoryPlan, maxPixels: number): string | null {
  if (decodingBytes === null) return null;
  const pixels = decodablePixels(decodingBytes);
  if (pixels >= maxPixels) return null;
  return (
    `memory: decoding may take ${formatBytes(decodingBytes)} in each worker, enough for JPEG and PNG images of up to about ` +
    `${Math.floor(pixels / 1e6)} million pixels and for fewer of other formats; larger ones count as bad images`
  );
}

/** The plan in one line. */
export function memoryPlanText({ batchSize, workers, plannedBytes, allowedBytes }: MemoryPlan): string {
  const allowed = allowedBytes === null ? '' : ` of ${formatBytes(allowedBytes)} allowed`;
  const count = workers === 1 ? '1 worker' : `${workers} workers`;
  return `memory: about ${formatBytes(plannedBytes)} planned${allowed}, for ${count} with batches of ${batchSize}`;
}
