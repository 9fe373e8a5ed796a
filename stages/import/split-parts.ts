import { ModelError } from '../errors.js';
import type { Node } from '../onnx/model.js';
import { listed } from '../shown.js';
import { requiredInt } from './attributes.js';

/** A node for each output of a Split, which says in its attributes which of how many parts it gives. */
export function separateParts(node: Node): Node[] {
  return node.outputs.flatMap((output, part): Node[] => {
    if (output === '') return [];
    const attributes = new Map(node.attributes)
      .set('part', { kind: 'int', value: part })
      .set('parts', { kind: 'int', value: node.outputs.length });
    return [{ ...node, outputs: [output], attributes }];
  });
}

/**
 * How long the parts of an axis are.
 * @param given by the model; without them all are equal, but the last may be smaller
 * @throws ModelError, without naming the node, where they don't make up the axis
 */
export function partSizes(
  node: Node,
  size: number,
  axis: number,
  given: readonly number[] | null,
): readonly number[] {
  const outputs = requiredInt(node, 'parts');
  const each = Math.ceil(size / outputs);
  const sizes = given ?? Array.from({ length: outputs }, (_, at) => Math.min(each, size - at * each));
  const total = sizes.reduce((sum, one) => sum + one, 0);
  if (sizes.length !== outputs || total !== size || !sizes.every((one) => Number.isInteger(one) && one > 0))
    throw new ModelError(
      `parts [${listed(sizes)}] for ${outputs} outputs of axis ${axis}, which has ${size}`,
    );
  return sizes;
}
