import type { Node } from '../../onnx/model.js';
import { attributed } from '../attributed.js';
import { layerWithActivation } from './activation.js';
import { jointAttention, multiHeadAttention } from './attention.js';
import { fusedMatMul } from './fused-mat-mul.js';
import { geluOfSum, quickGelu } from './gelus.js';
import { skipLayerNormalization, skipSimplifiedLayerNormalization } from './normalizations.js';

type Rewrite = (node: Node, isComputed: (name: string) => boolean) => readonly Node[];

/** Operations that ONNX Runtime's optimiser writes, each as the standard ones that it was made from. */
const fused: ReadonlyMap<string, Rewrite> = new Map<string, Rewrite>([
  ['Attention', jointAttention],
  ['BiasGelu', (node) => geluOfSum(node, 'none')],
  ['FastGelu', (node) => geluOfSum(node, 'tanh')],
  ['FusedConv', (node) => layerWithActivation(node, 'Conv')],
  ['FusedGemm', (node) => layerWithActivation(node, 'Gemm')],
  ['FusedMatMul', fusedMatMul],
  ['Gelu', (node) => geluOfSum(node, 'none')],
  ['MultiHeadAttention', multiHeadAttention],
  ['QuickGelu', quickGelu],
  ['SkipLayerNormalization', skipLayerNormalization],
  ['SkipSimplifiedLayerNormalization', skipSimplifiedLayerNormalization],
]);

/**
 * Nodes with those that ONNX Runtime's optimiser fused taken apart.
 * @throws ModelError naming operation and node for a form that has no standard one
 */
export function rewriteFused(nodes: readonly Node[]): readonly Node[] {
  const rewriteOf = ({ domain, type }: Node): Rewrite | undefined =>
    domain === 'com.microsoft' ? fused.get(type) : undefined;
  if (!nodes.some(rewriteOf)) return nodes;
  const computed = new Set(nodes.flatMap(({ outputs }) => outputs));
  return nodes.flatMap((node) => {
    const rewrite = rewriteOf(node);
    return rewrite ? attributed(node, () => rewrite(node, (name) => computed.has(name))) : [node];
  });
}
