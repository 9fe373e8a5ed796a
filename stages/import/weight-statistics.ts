import type { Node } from '../onnx/model.js';
import { intAttribute } from './attributes.js';

/**
 * The nodes, of which each BatchNormalization in training mode reads only what it normalises, its scale and its shift:
 * it computes the statistics itself, and running ones are what training would change. PyTorch writes weight
 * standardisation so, with running statistics that it computes of the weights beside it. Before operator set 14, where
 * further outputs told training, those are how it is known: networks that are evaluated hold theirs in the file.
 */
export function withoutRunningStatistics(nodes: readonly Node[], opset: number): readonly Node[] {
  const normalizations = nodes.filter(({ type, domain }) => type === 'BatchNormalization' && domain === '');
  if (normalizations.length === 0) return nodes;
  const computed = new Set(
    nodes.filter(({ type }) => type !== 'Constant' && type !== 'Identity').flatMap(({ outputs }) => outputs),
  );
  const isTraining = (node: Node): boolean =>
    (node.opset ?? opset) >= 14
      ? intAttribute(node, 'training_mode', 0) !== 0
      : node.outputs.slice(1).some((name) => name !== '') && computed.has(node.inputs[3] ?? '');
  const training = new Set(normalizations.filter(isTraining));
  if (training.size === 0) return nodes;
  return nodes.map((node) =>
    training.has(node)
      ? {
          ...node,
          inputs: node.inputs.slice(0, 3),
          attributes: new Map(node.attributes).set('training_mode', { kind: 'int', value: 1 }),
        }
      : node,
  );
}
