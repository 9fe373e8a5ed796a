import { GrodinError } from '../../stages/errors.js';
import { intAttribute } from '../../stages/import/attributes.js';
import { evaluateConstant } from '../../stages/import/constants.js';
import { FoldingBudget } from '../../stages/import/folding-budget.js';
import { rewriteOlder } from '../../stages/import/forms/rewrite-older.js';
import type { Operand } from '../../stages/import/operand.js';
import { elementTypeOf, type Graph, type Tensor } from '../../stages/onnx/model.js';
import { difference } from './difference.js';
import type { OperatorCase } from './operator-case.js';
import type { Outcome } from './outcome.js';

/** What is made of a case whose inputs are all numbers in the code, when a graph is read; null where it is left in the graph. */
export function foldingOutcome(one: OperatorCase): Outcome | null {
  const [expected] = one.outputs;
  if (!expected || isOfHalfPrecision(one, expected)) return null;
  let found: Operand | null;
  try {
    found = folded(one);
  } catch (error) {
    if (error instanceof GrodinError || error instanceof RangeError)
      return { kind: 'refused', reason: error.message };
    return { kind: 'wrong', what: `it is not refused in one line: ${error}` };
  }
  if (!found || found.kind === 'activation') return null;
  const [dims, numbers] =
    found.kind === 'sizes'
      ? [found.scalar ? [] : [found.sizes.length], found.sizes.map(Number)]
      : [found.tensor.dims, numbersOf(found.tensor)];
  if (String(dims) !== String(expected.dims))
    return { kind: 'wrong', what: `folded to shape [${dims}] instead of [${expected.dims}]` };
  const what = difference(numbers, numbersOf(expected));
  return what === null ? { kind: 'equal' } : { kind: 'wrong', what: `folded: ${what}` };
}

/** Half precision is computed in single precision, with other digits. */
function isOfHalfPrecision({ node }: OperatorCase, { type }: Tensor): boolean {
  const to = node.type === 'Cast' ? elementTypeOf(intAttribute(node, 'to', 0)) : type;
  return to === 'float16' || to === 'bfloat16';
}

function folded({ node, opset, inputs }: OperatorCase): Operand | null {
  const graph: Graph = { name: '', nodes: [node], initializers: inputs, inputs: [], outputs: [] };
  const { nodes, initializers } = rewriteOlder(graph, graph.nodes, opset);
  const budget = new FoldingBudget(0);
  const known = new Map<string, Operand>();
  for (const [name, tensor] of initializers) known.set(name, { kind: 'constant', tensor, origin: null });
  for (const each of nodes) {
    const operands = each.inputs.map((name) => known.get(name) ?? null);
    const result = evaluateConstant(each, operands, opset, budget);
    if (!result) return null;
    known.set(each.outputs[0] ?? '', result);
  }
  return known.get(node.outputs[0] ?? '') ?? null;
}

function numbersOf({ type, data }: Tensor): number[] {
  if (type === 'float32' || type === 'int64') return Array.from(data, Number);
  const { buffer, byteOffset, byteLength } = data;
  const own = buffer.slice(byteOffset, byteOffset + byteLength);
  switch (type) {
    case 'int32':
      return Array.from(new Int32Array(own));
    case 'uint32':
      return Array.from(new Uint32Array(own));
    case 'int16':
      return Array.from(new Int16Array(own));
    case 'uint16':
      return Array.from(new Uint16Array(own));
    case 'int8':
      return Array.from(new Int8Array(own));
    case 'float64':
      return Array.from(new Float64Array(own));
    case 'uint64':
      return Array.from(new BigUint64Array(own), Number);
    default:
      return Array.from(new Uint8Array(own));
  }
}
