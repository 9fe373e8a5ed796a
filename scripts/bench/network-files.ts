import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { writeAtomically } from '../../manifests/output/atomic-file.js';
import { isThere } from '../../manifests/output/file-system.js';
import { encodeModel } from '../../stages/onnx/encode.js';
import { networks, seededWeights } from '../../workers/bench/networks/index.js';

/** Of the weights; another one, or another way of making networks, needs another folder or an emptied one. */
const seed = 1;

/** Writes a network of the benchmark as an ONNX file, unless it is there. @returns its path */
export async function networkFile(folder: string, name: string): Promise<string> {
  const make = networks[name];
  if (!make) throw new RangeError(`no network ${name}; there are ${Object.keys(networks).join(', ')}`);
  const file = join(folder, `${name}.onnx`);
  if (await isThere(file)) return file;
  await mkdir(folder, { recursive: true });
  await writeAtomically(file, encodeModel(make(seededWeights(seed))));
  return file;
}
