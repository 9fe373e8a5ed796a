import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Lowerings } from '../../../stages/lowerings/lowerings.js';
import { encodeModel } from '../../../stages/onnx/encode.js';
import type { Model } from '../../../stages/onnx/model.js';
import { compileGrid } from '../../../stages/scoring/compile-grid.js';
import {
  compileForward,
  compilePerturbation,
  compileScoring,
} from '../../../stages/scoring/compile-passes.js';
import { describeModel } from '../../../stages/scoring/describe-model.js';
import type { SignatureKind } from '../../../stages/scoring/signature.js';
import { type BatchSizes, type PassInput, passInputs } from '../../../workers/bench/pass.js';

/** A graph that is timed, on disk. */
export interface PassFile {
  readonly file: string;
  readonly graph: SignatureKind;
  readonly sizes: BatchSizes;
  readonly inputs: readonly PassInput[];
  /** sha1 (hex) of the file: equal graphs have equal digests. */
  readonly digest: string;
}

export type PassName = 'plain' | 'forward' | 'perturbation' | 'scoring' | 'one-graph';

/**
 * The compiled graph whose inputs each pass takes; the networks that are timed name image and logits as the forward
 * graph does.
 */
const graphOf: Readonly<Record<PassName, SignatureKind>> = {
  plain: 'forward',
  forward: 'forward',
  perturbation: 'perturbation',
  scoring: 'scoring',
  'one-graph': 'grid',
};

/** Writes one pass of a network for a batch size; `plain` is the network's own graph, as a user has it. */
export async function writePass(
  name: PassName,
  model: Model,
  folder: string,
  { batch, lowerings }: { readonly batch: number; readonly lowerings: Lowerings },
  label: string = name,
): Promise<PassFile> {
  const { channels, height, width } = describeModel(model);
  const sizes: BatchSizes = { batch, channels, height, width };
  const options = { batch, lowerings };
  const make: Readonly<Record<PassName, () => Model>> = {
    plain: () => model,
    forward: () => compileForward(model, options),
    perturbation: () => compilePerturbation(model, options),
    scoring: () => compileScoring(model, options),
    'one-graph': () => compileGrid(model, { ...options, steps: 1 }),
  };
  const file = join(folder, `${label}.onnx`);
  const bytes = encodeModel(make[name]());
  await writeFile(file, bytes);
  const graph = graphOf[name];
  const digest = createHash('sha1').update(bytes).digest('hex');
  return { file, graph, sizes, inputs: passInputs(graph, sizes), digest };
}
