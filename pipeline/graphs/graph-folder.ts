import { createHash } from 'node:crypto';
import { readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { shareAtomically, writeAtomically } from '../../manifests/output/atomic-file.js';
import { isThere } from '../../manifests/output/file-system.js';
import type { GraphMemory } from '../../stages/graph/graph-memory.js';
import type { Model } from '../../stages/onnx/model.js';
import type { ModelDescription } from '../../stages/scoring/describe-model.js';
import {
  dataFileOf,
  digestOfEncoded,
  digestOfGraph,
  encodeGraph,
  writeEncoded,
} from '../../workers/onnx-files/graph-files.js';
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
  /** sha256 (hex) of all its bytes, those of its weights too where they have a file of their own. */
  readonly sha256: string;
}

const noteSchema = z.object({
  description: z.object({
    model: z.object({
      channels: z.number(),
      height: z.number(),
      width: z.number(),
      takesBytes: z.boolean(),
      classes: z.number(),
      multiplications: z.number(),
      notes: z.array(z.string()),
    }),
    memory: z.object({ imageBytes: z.number(), fixedBytes: z.number() }),
    layers: z.exactOptional(z.array(z.string())),
  }) satisfies z.ZodType<GraphDescription>,
  /** sha256 (hex) of the graph's bytes, see `StoredGraph`. */
  graph: z.string(),
  /** sha256 (hex) of key, description and the digest of the graph. */
  sha256: z.string(),
});

/** Names of the files of a folder of graphs; the first group is the key. */
export const graphFileName = /^([0-9a-f]{64})\.(?:onnx(?:\.data)?|json)$/;

/**
 * A folder of compiled graphs by key, each with a note beside it that says what it is and what its bytes must be. Weights
 * that don't fit in the graph's file are in another beside it. The note is written last; a graph that does not fit its
 * note, truncated, flipped or without its weights, counts as missing.
 */
export class GraphFolder {
  readonly #largestFile: number | undefined;

  /** @param largestFile bytes of a graph that holds its weights; by default as many as an ONNX file can have */
  constructor(
    readonly path: string,
    largestFile?: number,
  ) {
    this.#largestFile = largestFile;
  }

  /** @returns null when there is no such graph, or it is damaged */
  async find(key: string): Promise<StoredGraph | null> {
    const { graph, note } = this.#files(key);
    try {
      const { description, sha256, ...noted } = noteSchema.parse(JSON.parse(await readFile(note, 'utf8')));
      const isWhole =
        seal(key, description, noted.graph) === sha256 && (await digestOfGraph(graph)) === noted.graph;
      return isWhole ? { file: graph, sha256: noted.graph, ...description } : null;
    } catch {
      return null;
    }
  }

  /** @throws ModelError where the graph can't be written */
  async write(key: string, model: Model, description: GraphDescription): Promise<StoredGraph> {
    const { graph, note } = this.#files(key);
    const encoded = encodeGraph(graph, model, this.#largestFile);
    await writeEncoded(graph, encoded, writeAtomically);
    const digest = digestOfEncoded(encoded);
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
      if (await isThere(dataFileOf(source.graph)))
        await shareAtomically(dataFileOf(source.graph), dataFileOf(target.graph));
      else await rm(dataFileOf(target.graph), { force: true });
      await shareAtomically(source.graph, target.graph);
      await shareAtomically(source.note, target.note);
    } catch {
      return null;
    }
    return this.find(key);
  }

  /** What a graph takes on disk; 0 where there is none. */
  async bytes(key: string): Promise<number> {
    const { graph } = this.#files(key);
    const sizes = [graph, dataFileOf(graph)].map((file) =>
      stat(file).then(
        ({ size }) => size,
        () => 0,
      ),
    );
    return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
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
