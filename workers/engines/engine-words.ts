import { isError } from '../../stages/is-error.js';

/** What went wrong, as ONNX Runtime and CUDA's libraries say it somewhere within a message. */
const reasons = [
  /failed to allocate memory[^;\n]*/i,
  /\b(?:CUDA|CUDNN|CUBLAS|CURAND) failure -?\d+\b[^;\n]*/i,
];
const node = /while running (\S+) node\. Name:'([^']*)'/;

/**
 * What an engine says of an error, in one line and without the places of its own source code: ONNX Runtime wraps a reason of CUDA's
 * in the signatures of the functions that saw it.
 */
export function engineWords(error: unknown): string {
  const said = isError(error) ? error.message : String(error);
  const line = said.trim().replaceAll(/\s*\n\s*/g, ' ');
  const reason = reasons.map((one) => one.exec(said)?.[0].trim()).find((found) => found !== undefined);
  if (reason === undefined) return line;
  const [, type, name] = node.exec(said) ?? [];
  return type === undefined ? reason : `${reason}, in the node ${name || type}`;
}
