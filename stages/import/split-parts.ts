import type { Node } from '../onnx/model.js';

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
