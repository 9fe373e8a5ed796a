import { ints } from '../../graph/builder.js';
import type { Node } from '../../onnx/model.js';
import { floatAttribute, intAttribute } from '../attributes.js';
import type { Operand } from '../operand.js';
import { Primitives } from './primitives.js';

/**
 * The parts of a Gemm that is no layer on rows of activations as it stands, or null for one that is: with a matrix B or a
 * shift C that is computed, or with rows that lie turned.
 */
export function gemmInParts(node: Node, [a, b, c]: readonly (Operand | null)[]): Node[] | null {
  if (b?.kind === 'activation' || c?.kind === 'activation') return gemmOfComputed(node);
  return a?.kind === 'activation' && intAttribute(node, 'transA', 0) !== 0 ? gemmOfTurned(node) : null;
}

/** alpha · Aᵀ·B + beta · C as Transpose and Gemm. */
function gemmOfTurned(node: Node): Node[] {
  const made = new Primitives(node);
  const [a = '', ...others] = node.inputs;
  const turned = made.step('Transpose', [a], { perm: ints([1, 0]) });
  const attributes = [...node.attributes].filter(([name]) => name !== 'transA');
  return made.ending('Gemm', [turned, ...others], Object.fromEntries(attributes));
}

/** alpha · A·B + beta · C with a matrix B that is computed, such as a normalised weight, or a C that is: as MatMul, Mul and Add. */
function gemmOfComputed(node: Node): Node[] {
  const made = new Primitives(node);
  const perm = ints([1, 0]);
  const times = (x: string, factor: number): string =>
    factor === 1 ? x : made.step('Mul', [x, made.number(factor)]);
  const [a = '', b = '', c = ''] = node.inputs;
  const left = intAttribute(node, 'transA', 0) === 0 ? a : made.step('Transpose', [a], { perm });
  const right = intAttribute(node, 'transB', 0) === 0 ? b : made.step('Transpose', [b], { perm });
  const scaled = times(made.step('MatMul', [left, right]), floatAttribute(node, 'alpha', 1));
  if (c === '') return made.ending('Identity', [scaled]);
  return made.ending('Add', [scaled, times(c, floatAttribute(node, 'beta', 1))]);
}
