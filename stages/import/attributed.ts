import { GrodinError, ModelError } from '../errors.js';
import type { Node } from '../onnx/model.js';
import { shown } from '../shown.js';

/** Names the node in what its rule throws. */
export function attributed<T>(node: Node, rule: () => T): T {
  try {
    return rule();
  } catch (error) {
    if (error instanceof GrodinError || error instanceof RangeError)
      throw new ModelError(`operation ${shown(node.type)}, node ${shown(node.name)}: ${error.message}`, {
        cause: error,
      });
    throw error;
  }
}
