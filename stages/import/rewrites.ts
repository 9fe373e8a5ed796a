import type { Node } from '../onnx/model.js';
import { attributed } from './attributed.js';
import { einsumAsProduct } from './einsum.js';
import { rewriteFused } from './fused/rewrite-fused.js';
import { geluInPrimitives } from './gelu.js';
import { separateParts } from './split-parts.js';

/** Operations that have no rule of their own, each written as ones that have. */
const composite: ReadonlyMap<string, (node: Node) => Node[]> = new Map([
  ['Einsum', einsumAsProduct],
  ['Gelu', geluInPrimitives],
]);

/** Names of the operations that are rewritten. */
export const rewrittenTypes: readonly string[] = [...composite.keys()];

/**
 * The nodes in terms of operations that have rules, where there are such terms.
 * @throws ModelError naming operation and node for what can't be written so
 */
export function inPrimitives(nodes: readonly Node[]): Node[] {
  return rewriteFused(nodes).flatMap((node) => {
    if (node.domain !== '') return [node];
    if (node.type === 'Split') return separateParts(node);
    const rewrite = composite.get(node.type);
    return rewrite ? attributed(node, () => rewrite(node)) : [node];
  });
}
