import type { FloatTensor } from '../onnx/model.js';
import type { Parameter } from './parameter.js';

/** What parameters of layers are called, in whichever module: `in_proj_weight`, `bias_k`, `gamma_1`, `pos_embed`. */
const usual =
  /(^|_)(weights?|bias(es)?|gamma|beta|tokens?|prompts?|embed(ding)?s?|table|slope|(layer|logit)_scale)(_\w+)?$/i;

/**
 * Parameters that may be registered buffers: a module's state holds both, of which files don't say which are which. Those are
 * named that have the name of no usual parameter, and tables of sines and cosines, whatever they are called.
 */
export function likeBuffers(parameters: readonly Parameter[]): Parameter[] {
  return parameters.filter(({ name, uses }) => {
    if (!uses.some(({ origin }) => origin.isState === true)) return false;
    return !usual.test(name.split('.').at(-1) ?? name) || uses.some(isWaves);
  });
}

/** Whether each row of a tensor is sines and as many cosines of the same angles: its squares sum to half its length. */
function isWaves({ step, slot }: Parameter['uses'][number]): boolean {
  const operand = step.context.operands[slot];
  return operand?.kind === 'constant' && operand.tensor.type === 'float32' && areWaves(operand.tensor);
}

function areWaves({ dims, data }: FloatTensor): boolean {
  const width = dims.at(-1) ?? 0;
  const rows = data.length / width;
  if (width < 4 || width % 2 !== 0 || rows < 2) return false;
  return Array.from({ length: rows }, (_, row) => data.subarray(row * width, (row + 1) * width)).every(
    (row) => Math.abs(row.reduce((sum, value) => sum + value * value, 0) - width / 2) < 1e-4 * width,
  );
}
