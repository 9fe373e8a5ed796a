import { GrodinError, ModelError } from '../errors.js';
import type { Node } from '../onnx/model.js';
import { shown } from '../shown.js';

/** Names operation and node in what is thrown about them. */
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
