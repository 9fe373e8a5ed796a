import { readFile } from 'node:fs/promises';
import { assetFile } from './assets.js';

/**
 * Which images the sets O and A consist of. Chosen once by scripts/micro-benchmark/choose-candidates.ts with a
 * network that is not evaluated, and kept as indices, so that making the benchmark needs no network.
 */
export interface Candidates {
  /** Name of the network that chose, as in models.json. */
  readonly reference: string;
  /** Indices into the split `unseen`, per class. */
  readonly O: Readonly<Record<string, readonly number[]>>;
  /** Indices into the split `mistakes`, per class. */
  readonly A: Readonly<Record<string, readonly number[]>>;
}

/** The committed choice. */
export async function readCandidates(): Promise<Candidates> {
  const candidates: Candidates = JSON.parse(await readFile(assetFile('candidates.json'), 'utf8'));
  return candidates;
}
