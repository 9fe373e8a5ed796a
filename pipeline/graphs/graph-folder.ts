import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { shareAtomically, writeAtomically } from '../../manifests/output/atomic-file.js';
import type { GraphMemory } from '../../stages/graph/graph-memory.js';
import type { ModelDescription } from '../../stages/scoring/describe-model.js';
import { canonicalJson } from '../../workers/store/canonical-json.js';
import { asJson } from '../store/sealed-json.js';

/** What is known of a compiled graph without opening it. */
export interface GraphDescription {
  readonly model: ModelDescription;
  readonly memory: GraphMemory;
  /** Names of the layers that it gives norms of, in their order; absent where it gives none. */
  readonly layers?: readonly string[];
}

/** A compiled graph on disk. */
export interface StoredGraph extends GraphDescription {
  /** Path of the ONNX file. */
  readonly file: string;
  /** sha256 (hex) of its bytes. */
  readonly sha256: string;
}

const noteSchema = z.object({
  description: z.object({
    model: z.object({
      channels: z.number(),
      height: z.number(),
      width: z.number(),
      classes: z.number(),
      multiplications: z.number(),
      notes: z.array(z.string()),
    }),
    memory: z.object({ imageBytes: z.number(), fixedBytes: z.number() }),
    layers: z.exactOptional(z.array(z.string())),
  }) satisfies z.ZodType<GraphDescription>,
  /** sha256 (hex) of the graph. */
  graph: z.string(),
  /** sha256 (hex) of key, description and the digest of the graph. */
  sha256: z.string(),
});

/** Names of the files of a folder of graphs; the first group is the key. */
export const graphFileName = /^([0-9a-f]{64})\.(?:onnx|json)$/;

/**
 * A folder of compiled graphs by key, each with a note beside it that says what it is and what its bytes must be. The
 * note is written last; a graph that does not fit its note, truncated or flipped, counts as missing.
 */
export class GraphFolder {
  constructor(readonly path: string) {}

  /** @returns null when there is no such graph, or it is damaged */
  async find(key: string): Promise<StoredGraph | null> {
    const { graph, note } = this.#files(key);
    try {
      const { description, sha256, ...noted } = noteSchema.parse(JSON.parse(await readFile(note, 'utf8')));
      const hash = createHash('sha256');
      for await (const part of createReadStream(graph)) hash.update(part);
      const isWhole = hash.digest('hex') === noted.graph && seal(key, description, noted.graph) === sha256;
      return isWhole ? { file: graph, sha256: noted.graph, ...description } : null;
    } catch {
      return null;
    }
  }

  async write(key: string, bytes: Uint8Array, description: GraphDescription): Promise<StoredGraph> {
    const { graph, note } = this.#files(key);
    await writeAtomically(graph, bytes);
    const digest = createHash('sha256').update(bytes).digest('hex');
    const sealed = { description, graph: digest, sha256: seal(key, description, digest) };
    await writeAtomically(note, `${JSON.stringify(sealed)}\n`);
    return { file: graph, sha256: digest, ...description };
  }

  /**
   * Brings a graph over from another folder, which may lose it at any time afterwards.
   * @returns null when the other folder has no such graph, or a damaged one
   */
  async take(key: string, from: GraphFolder): Promise<StoredGraph | null> {
    const [source, target] = [from.#files(key), this.#files(key)];
    try {
      await shareAtomically(source.graph, target.graph);
      await shareAtomically(source.note, target.note);
    } catch {
      return null;
    }
    return this.find(key);
  }

  #files(key: string): { readonly graph: string; readonly note: string } {
    return { graph: join(this.path, `${key}.onnx`), note: join(this.path, `${key}.json`) };
  }
}

function seal(key: string, description: GraphDescription, graph: string): string {
  return createHash('sha256')
    .update(key)
    .update(canonicalJson(asJson(description)))
    .update(graph)
    .digest('hex');
}
