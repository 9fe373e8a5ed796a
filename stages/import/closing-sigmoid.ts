import { ModelError } from '../errors.js';
import type { Node } from '../onnx/model.js';
import { shown } from '../shown.js';

/** What hands on the elements that it takes. */
const handing = new Set(['Identity', 'Cast', 'Flatten', 'Reshape', 'Squeeze', 'Unsqueeze']);

/**
 * A network that closes with a Sigmoid scores each class by itself; scores are of a softmax over classes that exclude
 * each other.
 * @param logits the output, or what a closing softmax reads
 * @throws ModelError naming the node and what it reads
 */
export function requireNoSigmoid(logits: string, producers: ReadonlyMap<string, Node>): void {
  const seen = new Set<string>();
  let name = logits;
  for (let node = producers.get(name); node?.domain === '' && !seen.has(name); node = producers.get(name)) {
    seen.add(name);
    const [input = ''] = node.inputs;
    if (node.type === 'Sigmoid')
      throw new ModelError(
        `operation Sigmoid, node ${shown(node.name)}: it closes the network, which scores each class by itself then, and scores are of a softmax over classes that exclude each other; if they do, export the model with ${shown(input)} as output in its place`,
      );
    if (!handing.has(node.type)) return;
    name = input;
  }
}
