import type { Node } from '../onnx/model.js';
import { expandEinsum } from './einsum.js';
import { expandGelu } from './gelu.js';
import { separateSplits } from './split-parts.js';

/** Operations that have no rule, but are written as ones that have. */
export const rewrittenTypes: readonly string[] = ['Einsum', 'Gelu'];

/** The nodes in terms of operations that have rules, where there are such terms; each rewrite is a file of its own. */
export function inPrimitives(nodes: readonly Node[]): readonly Node[] {
  return separateSplits(expandEinsum(expandGelu(nodes)));
}
