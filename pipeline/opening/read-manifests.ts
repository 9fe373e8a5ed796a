import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Piscina } from 'piscina';
import type { Manifest } from '../../manifests/manifest.js';
import { ManifestRows } from '../../manifests/manifest-rows.js';
import { readManifest } from '../../manifests/read-manifest.js';
import { machineCores } from '../../workers/machine-cores.js';
import type { SentManifest } from '../../workers/manifest-worker.js';

/** Bytes of manifests below which they are sooner read than threads started. */
const worthThreads = 2 ** 24;

/** Each holds the text of a manifest. */
const mostThreads = 4;

/**
 * Reads manifests, each once: in threads where there is much to read, as sweeps have a manifest a set and every process reads
 * them all.
 * @param files paths, which may repeat
 * @returns the manifests by path
 * @throws InputError as `readManifest`, of the first of them that can't be read
 */
export async function readManifests(files: readonly string[]): Promise<ReadonlyMap<string, Manifest>> {
  const distinct = [...new Set(files)];
  const threads = Math.min(machineCores(), mostThreads, distinct.length);
  const read = new Map<string, Manifest>();
  if (threads < 2 || (await bytesOf(distinct)) < worthThreads) {
    // One after the other, so that the text of only one is in memory.
    for (const file of distinct) read.set(file, await readManifest(file));
    return read;
  }
  const pool = new Piscina<string, SentManifest>({
    filename: fileURLToPath(new URL('../../workers/manifest-worker.js', import.meta.url)),
    minThreads: threads,
    maxThreads: threads,
    // What they read is soon gone: collected often, it never takes much room.
    resourceLimits: { maxYoungGenerationSizeMb: 4 },
    idleTimeout: Number.POSITIVE_INFINITY,
  });
  try {
    const sent = await Promise.allSettled(distinct.map((file) => pool.run(file)));
    for (const [index, file] of distinct.entries()) {
      const found = sent[index];
      // What a thread could not read is read here, so that the error is what it would have been without threads.
      read.set(file, found?.status === 'fulfilled' ? manifestOf(found.value) : await readManifest(file));
    }
    return read;
  } finally {
    await pool.destroy();
  }
}

const manifestOf = (sent: SentManifest): Manifest => ({
  ...sent,
  rows: new ManifestRows(dirname(sent.file), sent.rows),
});

/** What is no file, and is reported when it is read, or a pipe counts for nothing. */
async function bytesOf(files: readonly string[]): Promise<number> {
  const sizes = await Promise.all(
    files.map((file) =>
      stat(file).then(
        ({ size }) => size,
        () => 0,
      ),
    ),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
