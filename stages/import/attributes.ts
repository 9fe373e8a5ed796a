import { ModelError } from '../errors.js';
import type { Attribute, Node } from '../onnx/model.js';

/** The attributes of a node, with defaults; one of another kind is a ModelError. */
export function intAttribute<D>(node: Node, name: string, fallback: D): number | D {
  const attribute = node.attributes.get(name);
  return attribute === undefined
    ? fallback
    : attribute.kind === 'int'
      ? attribute.value
      : wrongKind(node, name, attribute, 'int');
}

/** @throws ModelError where it is left out */
export function requiredInt(node: Node, name: string): number {
  const value = intAttribute(node, name, null);
  if (value === null) throw new ModelError(`attribute ${name} is missing`);
  return value;
}

export function floatAttribute<D>(node: Node, name: string, fallback: D): number | D {
  const attribute = node.attributes.get(name);
  return attribute === undefined
    ? fallback
    : attribute.kind === 'float'
      ? finite(name, attribute.value)
      : wrongKind(node, name, attribute, 'float');
}

export function textAttribute<D>(node: Node, name: string, fallback: D): string | D {
  const attribute = node.attributes.get(name);
  return attribute === undefined
    ? fallback
    : attribute.kind === 'string'
      ? attribute.value
      : wrongKind(node, name, attribute, 'string');
}

export function intsAttribute<D>(node: Node, name: string, fallback: D): readonly number[] | D {
  const attribute = node.attributes.get(name);
  return attribute === undefined
    ? fallback
    : attribute.kind === 'ints'
      ? attribute.value
      : wrongKind(node, name, attribute, 'ints');
}

function finite(name: string, value: number): number {
  if (!Number.isFinite(value))
    throw new ModelError(`attribute ${name} is ${value}, expected a finite number`);
  return value;
}

function wrongKind(node: Node, name: string, attribute: Attribute, expected: string): never {
  throw new ModelError(
    `attribute ${name} of ${node.type} is of kind ${attribute.kind}, expected ${expected}`,
  );
}
