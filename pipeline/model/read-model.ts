import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { GrodinError, ModelError } from '../../stages/errors.js';
import { decodeModel } from '../../stages/onnx/decode.js';
import type { ExternalData } from '../../stages/onnx/decode-tensor.js';
import type { Model } from '../../stages/onnx/model.js';
import { isAllocationFailure } from '../../workers/allocation-failure.js';
import { InputError, RunFailedError } from '../errors.js';

/** Above this size Node can't read a file at once, and protobuf can't hold it. */
const largestFile = 2 ** 31 - 1;

/**
 * Reads an ONNX file, and what it keeps in other files beside it.
 * @throws InputError or ModelError naming the file
 */
export async function readModel(file: string): Promise<Model> {
  return (await readHashedModel(file)).model;
}

/** As `readModel`, with the sha256 (hex) of every byte that the model was read from, in whichever file. */
export async function readHashedModel(
  file: string,
): Promise<{ readonly model: Model; readonly sha256: string }> {
  const bytes = await readModelBytes(file);
  const hash = createHash('sha256').update(bytes);
  const beside = externalDataBeside(file);
  const model = naming(file, () =>
    decodeModel(bytes, (...place) => {
      const part = beside(...place);
      hash.update(part);
      return part;
    }),
  );
  return { model, sha256: hash.digest('hex') };
}

/** Reads what a model file keeps in others, whose paths are relative to its own. */
export function externalDataBeside(file: string): ExternalData {
  return (location, offset, length) => readPart(resolve(dirname(file), location), offset, length);
}

/** Puts the model's file in front of what is thrown about the model. */
export function naming<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof GrodinError) throw new ModelError(`${file}: ${error.message}`, { cause: error });
    throw error;
  }
}

async function readModelBytes(file: string): Promise<Uint8Array> {
  try {
    const { size } = statSync(file);
    if (size > largestFile)
      throw new InputError(
        `${file}: ${size} bytes are more than an ONNX file can hold; export the weights as external data`,
      );
    return await readFile(file);
  } catch (error) {
    if (error instanceof GrodinError) throw error;
    if (isAllocationFailure(error))
      throw new RunFailedError(`${file}: there is no memory to read it (${String(error)}); free some`, {
        cause: error,
      });
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    const remedy =
      code === 'ENOENT'
        ? 'no such model file; check the path'
        : code === 'EISDIR'
          ? 'is a folder, not an ONNX file; check the path'
          : `can't be read (${code}); check its permissions`;
    throw new InputError(`${file}: ${remedy}`, { cause: error });
  }
}

function readPart(file: string, offset: number, length: number | undefined): Uint8Array {
  try {
    const part = new Uint8Array(length ?? statSync(file).size - offset);
    const descriptor = openSync(file, 'r');
    try {
      for (let done = 0; done < part.length; ) {
        const read = readSync(descriptor, part, done, part.length - done, offset + done);
        if (read === 0) throw new Error('it is too short');
        done += read;
      }
    } finally {
      closeSync(descriptor);
    }
    return part;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new ModelError(`its external data ${file} can't be read (${why}); keep the file beside the model`, {
      cause: error,
    });
  }
}
