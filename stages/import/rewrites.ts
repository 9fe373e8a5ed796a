import type { Node, Tensor } from '../onnx/model.js';
import { attributed } from './attributed.js';
import { rewriteFused } from './fused/rewrite-fused.js';
import { withPlainAssignments } from './rewrites/assignments.js';
import { attentionInPrimitives, truthsOf } from './rewrites/attention.js';
import { withPlacesAsTheyWere } from './rewrites/constant-places.js';
import { einsumInPrimitives } from './rewrites/einsum.js';
import { hasEllipsis } from './rewrites/einsum-ellipsis.js';
import { withoutEmptySlices } from './rewrites/empty-slices.js';
import { withPlainFills } from './rewrites/fills.js';
import { geluInPrimitives } from './rewrites/gelu.js';
import { withoutGuards } from './rewrites/guards.js';
import { withPlacesLookedUpOnce } from './rewrites/looked-up.js';
import { inPairs, meanInPrimitives } from './rewrites/pairs.js';
import {
  absoluteSumInPrimitives,
  logSumInPrimitives,
  meanVarianceInPrimitives,
  minimumInPrimitives,
  squareSumInPrimitives,
  unitInPrimitives,
} from './rewrites/reductions.js';
import { withRootsOfSquares } from './rewrites/roots-of-squares.js';
import { celuInPrimitives, mishInPrimitives, seluInPrimitives } from './rewrites/units.js';
import { separateParts } from './split-parts.js';

type Rewrite = (node: Node, isTruth: (name: string) => boolean) => Node[];

/** Operations that have no rule of their own, or none of this form, each written as ones that have. */
const composite: ReadonlyMap<string, Rewrite> = new Map<string, Rewrite>([
  ['Attention', attentionInPrimitives],
  ['Celu', celuInPrimitives],
  ['Einsum', (node) => einsumInPrimitives(node)],
  ['Gelu', geluInPrimitives],
  ['LpNormalization', unitInPrimitives],
  ['Max', inPairs],
  ['Mean', meanInPrimitives],
  ['MeanVarianceNormalization', meanVarianceInPrimitives],
  ['Min', inPairs],
  ['Mish', mishInPrimitives],
  ['ReduceL1', absoluteSumInPrimitives],
  ['ReduceLogSum', logSumInPrimitives],
  ['ReduceMin', minimumInPrimitives],
  ['ReduceSumSquare', squareSumInPrimitives],
  ['Selu', seluInPrimitives],
]);

/** Names of the operations that are rewritten. */
export const rewrittenTypes: readonly string[] = [...composite.keys()];

/**
 * The nodes in terms of operations that have rules, where there are such terms.
 * @throws ModelError naming operation and node for what can't be written so
 */
export function inPrimitives(
  nodes: readonly Node[],
  initializers: ReadonlyMap<string, Tensor> = new Map(),
): Node[] {
  const isTruth = truthsOf(nodes, initializers);
  const plain = withPlacesAsTheyWere(
    withPlainAssignments(
      withPlacesLookedUpOnce(
        withPlainFills(
          withoutGuards(withRootsOfSquares(withoutEmptySlices(nodes, initializers), initializers)),
        ),
        initializers,
      ),
      initializers,
    ),
  );
  return rewriteFused(plain).flatMap((node) => {
    if (node.domain !== '') return [node];
    if (node.type === 'Split') return separateParts(node);
    // How many axes it has is known later.
    if (hasEllipsis(node)) return [node];
    const rewrite = composite.get(node.type);
    return rewrite ? attributed(node, () => rewrite(node, isTruth)) : [node];
  });
}
