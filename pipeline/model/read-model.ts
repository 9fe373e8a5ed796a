import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { GrodinError, InputError, ModelError, RunFailedError } from '../../stages/errors.js';
import { isError } from '../../stages/is-error.js';
import { decodeModel } from '../../stages/onnx/decode.js';
import type { Model } from '../../stages/onnx/model.js';
import { isAllocationFailure } from '../../workers/allocation-failure.js';
import { machineMemory } from '../../workers/machine-memory.js';
import { externalDataBeside, largestPart } from '../../workers/onnx-files/external-data.js';
import { choose, type ModelChoices } from './model-choices.js';

/** Above this size Node can't read a file at once, and protobuf can't hold it. */
const largestFile = 2 ** 31 - 1;

/**
 * Reads an ONNX file, and what it keeps in other files beside it.
 * @param choices what it leaves open
 * @throws InputError or ModelError naming the file
 */
export async function readModel(file: string, choices: ModelChoices = {}): Promise<Model> {
  return (await readHashedModel(file, choices)).model;
}

/** As `readModel`, with the sha256 (hex) of every byte that the model was read from, in whichever file, and their paths. */
export async function readHashedModel(
  file: string,
  choices: ModelChoices = {},
): Promise<{ readonly model: Model; readonly sha256: string; readonly files: readonly string[] }> {
  const bytes = await readModelBytes(file);
  const hash = createHash('sha256').update(bytes);
  const beside = externalDataBeside(file);
  const files = new Set([file]);
  const decode = (): Model => {
    const decoded = decodeModel(
      bytes,
      (...place) => {
        const part = beside(...place);
        files.add(resolve(dirname(file), place[0]));
        for (let done = 0; done < part.length; done += largestPart)
          hash.update(part.subarray(done, done + largestPart));
        return part;
      },
      machineMemory(),
    );
    return choose(decoded, choices);
  };
  try {
    const model = naming(file, decode);
    return { model, sha256: hash.digest('hex'), files: [...files] };
  } catch (error) {
    throw isAllocationFailure(error) ? notEnoughMemory(file, error) : error;
  }
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

function notEnoughMemory(file: string, error: unknown): RunFailedError {
  return new RunFailedError(`${file}: there is not enough memory to read it (${String(error)}); free some`, {
    cause: error,
  });
}

async function readModelBytes(file: string): Promise<Uint8Array> {
  try {
    const status = statSync(file);
    if (!status.isFile() && !status.isDirectory())
      throw new InputError(`${file}: is not a regular file; give the path of an ONNX file`);
    if (status.size > largestFile)
      throw new InputError(
        `${file}: ${status.size} bytes are more than an ONNX file can hold; export the weights as external data`,
      );
    return await readFile(file);
  } catch (error) {
    if (error instanceof GrodinError) throw error;
    if (isAllocationFailure(error)) throw notEnoughMemory(file, error);
    const code = isError(error) && 'code' in error ? String(error.code) : String(error);
    const remedy =
      code === 'ENOENT'
        ? 'no such model file; check the path'
        : code === 'EISDIR'
          ? 'is a folder, not an ONNX file; check the path'
          : `can't be read (${code}); check its permissions`;
    throw new InputError(`${file}: ${remedy}`, { cause: error });
  }
}
