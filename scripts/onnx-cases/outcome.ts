import { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import { GrodinError } from '../../stages/errors.js';
import { encodeModel } from '../../stages/onnx/encode.js';
import { compileForward } from '../../stages/scoring/compile-passes.js';
import { arrangements, type CaseClassifier, classifierOf } from './classifier.js';
import { difference } from './difference.js';
import type { OperatorCase } from './operator-case.js';

/** What came of a case: as it must be, refused in one line, or wrong. */
export type Outcome =
  | { readonly kind: 'equal' }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'wrong'; readonly what: string };

/** What comes of a case's forward pass in all arrangements, or null where it reads or gives no floating-point numbers. */
export async function forwardOutcome(one: OperatorCase): Promise<Outcome | null> {
  const refusals: string[] = [];
  let isEqual = false;
  for (const arrangement of arrangements(one)) {
    const classifier = classifierOf(one, arrangement);
    const outcome = classifier && (await outcomeOf(classifier));
    if (outcome?.kind === 'wrong')
      return { kind: 'wrong', what: `${JSON.stringify(arrangement)}: ${outcome.what}` };
    if (outcome?.kind === 'refused') refusals.push(outcome.reason);
    if (outcome?.kind === 'equal') isEqual = true;
  }
  if (isEqual) return { kind: 'equal' };
  // That an operation needs the batch in front says nothing of what else it lacks.
  const reason = refusals.find((line) => !line.includes('only with the batch as first axis')) ?? refusals[0];
  return reason === undefined ? null : { kind: 'refused', reason };
}

async function outcomeOf({ model, image, logits }: CaseClassifier): Promise<Outcome> {
  let bytes: Uint8Array;
  try {
    bytes = encodeModel(compileForward(model));
  } catch (error) {
    if (error instanceof GrodinError) return { kind: 'refused', reason: error.message };
    return { kind: 'wrong', what: `it is not refused in one line: ${error}` };
  }
  try {
    const session = await InferenceSession.create(bytes, { intraOpNumThreads: 1, logSeverityLevel: 4 });
    const found = await session.run({ image: new OrtTensor('float32', image.data, image.dims) });
    await session.release();
    const what = difference(found.logits?.data as Float32Array, logits);
    return what === null ? { kind: 'equal' } : { kind: 'wrong', what };
  } catch (error) {
    return { kind: 'wrong', what: `the compiled graph does not run: ${error}` };
  }
}
