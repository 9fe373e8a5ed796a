import { ModelError } from '../../errors.js';
import type { Attribute, Node } from '../../onnx/model.js';
import { shown } from '../../shown.js';

/** Names and nodes of what one fused node is written as. */
export interface Parts {
  /** What a part makes is called, within the node. */
  name(part: string): string;
  /** A node of the standard operator set. */
  step(type: string, inputs: readonly string[], output: string, attributes?: Node['attributes']): Node;
  /** One number, as a literal. */
  number(output: string, value: number): Node;
}

/** The parts of a node of a fused operation. */
export function partsOf(node: Node): Parts {
  const step: Parts['step'] = (type, inputs, output, attributes = new Map()) => ({
    ...node,
    type,
    domain: '',
    inputs,
    outputs: [output],
    attributes,
  });
  return {
    name: (part) => `${node.outputs[0] ?? ''}:${part}`,
    step,
    number: (output, value) => step('Constant', [], output, new Map([['value_float', float(value)]])),
  };
}

const float = (value: number): Attribute => ({ kind: 'float', value });

/** Those of a node's attributes that are not named. */
export function without(node: Node, ...names: readonly string[]): Node['attributes'] {
  return new Map([...node.attributes].filter(([name]) => !names.includes(name)));
}

/** The outputs of a node that may be left out but are not: they must not be there. */
export function requireNoOutput(node: Node, ...places: readonly number[]): void {
  for (const place of places) {
    const name = node.outputs[place] ?? '';
    if (name !== '')
      throw new ModelError(
        `its output ${shown(name)} is not supported; give the model as it was before it was optimised`,
      );
  }
}
