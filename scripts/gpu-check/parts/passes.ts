import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Lowerings } from '../../../stages/lowerings/lowerings.js';
import { encodeModel } from '../../../stages/onnx/encode.js';
import type { Model } from '../../../stages/onnx/model.js';
import { compileForward, compilePerturbation, compileScoring } from '../../../stages/scoring/compile.js';
import { compileGrid } from '../../../stages/scoring/compile-grid.js';
import { describeModel } from '../../../stages/scoring/describe-model.js';
import type { PassInput } from '../../../workers/bench/pass.js';

/** A graph that is timed, on disk. */
export interface PassFile {
  readonly file: string;
  readonly inputs: readonly PassInput[];
  /** Of the file: equal graphs have equal ones. */
  readonly digest: string;
}

export type PassName = 'plain' | 'forward' | 'perturbation' | 'scoring' | 'one-graph';

/** Writes one pass of a network for a batch size; `plain` is the network's own graph, as a user has it. */
export async function writePass(
  name: PassName,
  model: Model,
  folder: string,
  { batch, lowerings }: { readonly batch: number; readonly lowerings: Lowerings },
  label: string = name,
): Promise<PassFile> {
  const { channels, height, width } = describeModel(model);
  const image: PassInput = { name: 'image', dims: [batch, channels, height, width], fill: 'pixels' };
  const temperature: PassInput = { name: 'temperature', dims: [1], fill: 'ones' };
  const options = { batch, lowerings };
  const make: Readonly<Record<PassName, () => Model>> = {
    plain: () => model,
    forward: () => compileForward(model, options),
    perturbation: () => compilePerturbation(model, options),
    scoring: () => compileScoring(model, options),
    'one-graph': () => compileGrid(model, { ...options, steps: 1 }),
  };
  const inputs: Readonly<Record<PassName, readonly PassInput[]>> = {
    plain: [image],
    forward: [image],
    perturbation: [image, temperature],
    scoring: [
      image,
      { ...image, name: 'direction', fill: 'signs' },
      { name: 'epsilon', dims: [channels], fill: 'steps' },
      temperature,
    ],
    'one-graph': [image, temperature, { name: 'epsilon', dims: [1, channels], fill: 'steps' }],
  };
  const file = join(folder, `${label}.onnx`);
  const bytes = encodeModel(make[name]());
  await writeFile(file, bytes);
  return { file, inputs: inputs[name], digest: createHash('sha1').update(bytes).digest('hex') };
}
