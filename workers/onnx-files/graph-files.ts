import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { isErrno } from '../../manifests/output/file-system.js';
import { decodeModel } from '../../stages/onnx/decode.js';
import { type EncodedModel, encodeInFiles } from '../../stages/onnx/encode-in-files.js';
import type { Model } from '../../stages/onnx/model.js';
import { externalDataBeside } from './external-data.js';

/** What a file is written with. */
export type WriteFile = (file: string, content: Uint8Array | readonly Uint8Array[]) => Promise<void>;

/** What the name of a file of weights has behind that of its graph. */
export const dataEnding = '.data';

/** The file beside a graph that holds its weights, where one ONNX file can't hold both. */
export function dataFileOf(file: string): string {
  return `${file}${dataEnding}`;
}

/**
 * The files of a graph.
 * @param largest bytes of an ONNX file that holds its weights; by default as many as there can be
 * @throws ModelError where even without its weights it is larger than an ONNX file can be
 */
export function encodeGraph(file: string, graph: Model, largest?: number): EncodedModel {
  return encodeInFiles(graph, basename(dataFileOf(file)), largest);
}

/**
 * Writes a graph, first its weights where they have a file of their own, so that whoever finds the ONNX file finds both.
 * @param encoded for this file by `encodeGraph`
 * @param write how each file is written
 */
export async function writeEncoded(
  file: string,
  { file: content, data }: EncodedModel,
  write: WriteFile = writeFile,
): Promise<void> {
  if (data !== null) await write(dataFileOf(file), data);
  // What another graph of that name had.
  else await rm(dataFileOf(file), { force: true });
  await write(file, content);
}

/** Encodes a graph and writes it, in one file or two. */
export async function writeGraph(file: string, graph: Model): Promise<void> {
  await writeEncoded(file, encodeGraph(file, graph));
}

/** Reads a graph that was written by `writeGraph`, in one file or two. @throws ModelError where it is no ONNX file */
export async function readGraph(file: string): Promise<Model> {
  return decodeModel(await readFile(file), externalDataBeside(file));
}

/** sha256 (hex) of all bytes of a graph: of its ONNX file, and of its weights where they have a file of their own. */
export async function digestOfGraph(file: string): Promise<string> {
  const hash = createHash('sha256');
  await addFile(hash, file);
  await addFile(hash, dataFileOf(file)).catch((error: unknown) => {
    if (!isErrno(error, 'ENOENT')) throw error;
  });
  return hash.digest('hex');
}

/** The same, of a graph that is not written yet. */
export function digestOfEncoded({ file, data }: EncodedModel): string {
  const hash = createHash('sha256').update(file);
  for (const part of data ?? []) hash.update(part);
  return hash.digest('hex');
}

async function addFile(hash: Hash, file: string): Promise<void> {
  for await (const part of createReadStream(file)) hash.update(part);
}
