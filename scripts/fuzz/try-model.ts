import '../../workers/engines/no-telemetry.js';
import { InferenceSession } from 'onnxruntime-node';
import { withoutBranches } from '../../stages/branches/resolve-branches.js';
import { GrodinError } from '../../stages/errors.js';
import { graphMemory } from '../../stages/graph/graph-memory.js';
import {
  cpuLowerings,
  halfLowerings,
  portableLowerings,
  webgpuLowerings,
} from '../../stages/lowerings/lowerings.js';
import { decodeModel } from '../../stages/onnx/decode.js';
import type { ExternalData } from '../../stages/onnx/decode-tensor.js';
import { encodeModel } from '../../stages/onnx/encode.js';
import { compileOneShot } from '../../stages/scoring/compile-passes.js';
import { describeModel } from '../../stages/scoring/describe-model.js';
import { differenceFromOriginal } from './against-original.js';
import type { BaseModel } from './base-models.js';
import { parseMessage, writeMessage } from './message-tree.js';
import { mutateBytes } from './mutations/bytes.js';
import { mutations } from './mutations/mutations.js';
import { SeededRandom } from './seeded-random.js';

/** What became of one model. `wrong` is what must not be. */
export type ModelOutcome =
  | { readonly kind: 'refused' | 'opened'; readonly text: string }
  | { readonly kind: 'wrong'; readonly text: string };

/** The model of a seed: a base model with one to four changes. */
export function modelOfSeed(seed: number, bases: readonly BaseModel[]): BaseModel {
  const random = new SeededRandom(seed);
  const { name, bytes } = random.pick(bases);
  const tree = parseMessage(bytes);
  const changes = random.chance(0.5) ? 1 : 1 + random.below(4);
  let atBytes = 0;
  for (let change = 0; change < changes; change++) {
    if (random.chance(0.1)) atBytes += 1;
    else random.pick(mutations)(tree, random);
  }
  let mutated = writeMessage(tree);
  for (let change = 0; change < atBytes; change++) mutated = mutateBytes(mutated, random);
  return { name, bytes: mutated };
}

/** The share of models that are run beside what they were compiled to. */
const compared = 0.3;

const unprintable = /[\p{Cc}\p{Cf}\u2028\u2029]/u;

/**
 * Reads, compiles, writes and opens a model, in a way that follows from the seed. Right is one error of grodin's own, on
 * one line, or a file that ONNX Runtime opens; some are run, and give the logits that the model itself gives.
 */
export async function tryModel(
  seed: number,
  bytes: Uint8Array,
  external?: ExternalData,
): Promise<ModelOutcome> {
  const random = new SeededRandom(~seed);
  const lowerings = random.pick([
    cpuLowerings,
    cpuLowerings,
    portableLowerings,
    webgpuLowerings,
    halfLowerings,
  ]);
  const batch = random.pick([null, 1, 2]);
  let compiled: Uint8Array;
  try {
    const model = withoutBranches(decodeModel(bytes, external));
    describeModel(model);
    const graph = compileOneShot(model, { lowerings, ...(batch === null ? {} : { batch }) });
    graphMemory(graph, batch ?? 1);
    compiled = encodeModel(graph);
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    if (!(error instanceof GrodinError))
      return { kind: 'wrong', text: error instanceof Error ? (error.stack ?? text) : text };
    if (unprintable.test(text))
      return { kind: 'wrong', text: `not one line of text: ${JSON.stringify(text)}` };
    if (text.length > 2000)
      return { kind: 'wrong', text: `${text.length} characters: ${text.slice(0, 300)}…` };
    return { kind: 'refused', text };
  }
  try {
    const session = await InferenceSession.create(compiled, {
      graphOptimizationLevel: random.chance(0.2) ? 'all' : 'disabled',
      intraOpNumThreads: 1,
      interOpNumThreads: 1,
      logSeverityLevel: 4,
    });
    await session.release();
  } catch (error) {
    return { kind: 'wrong', text: `not opened: ${error instanceof Error ? error.message : String(error)}` };
  }
  if (!random.chance(compared)) return { kind: 'opened', text: '' };
  const difference = await differenceFromOriginal(bytes, withoutBranches(decodeModel(bytes, external)));
  return difference === null
    ? { kind: 'opened', text: '' }
    : { kind: 'wrong', text: `other than the model itself: ${difference}` };
}
