import { ModelError } from '../../errors.js';
import { shown } from '../../shown.js';
import {
  type AttributeShell,
  decodeAttributeShell,
  decodeNodeShell,
  type NodeShell,
} from '../decode-node.js';
import { tensorName } from '../decode-tensor.js';
import type { Guard } from '../model.js';
import { bytesField, readMessage, textField } from '../wire.js';
import { FreshNames, nameWithin } from './names.js';

/** How deep branches may lie in branches. */
const deepest = 32;

/**
 * Nodes with those of branches among them: an If node becomes the nodes of both, each guarded by the condition, and an If
 * that reads condition, all outputs of the one and all of the other. Which branch is meant is decided when the condition
 * is known.
 * @param others names that are taken beside those that the nodes make
 * @throws ModelError naming the node, for branches that lack outputs or lie too deep
 */
export function withBranches(shells: readonly NodeShell[], others: readonly string[]): readonly NodeShell[] {
  if (!shells.some(isIf)) return shells;
  const names = new FreshNames([...others, ...shells.flatMap(({ node }) => node.outputs)]);
  return shells.flatMap((shell) => unfolded(shell, names, 0));
}

const isIf = ({ node }: NodeShell): boolean => node.type === 'If' && node.domain === '';

function unfolded(shell: NodeShell, names: FreshNames, depth: number): readonly NodeShell[] {
  if (!isIf(shell)) return [shell];
  const { node } = shell;
  const fault = (what: string): ModelError =>
    new ModelError(`operation If, node ${shown(node.name)}: ${what}; the file is damaged`);
  if (depth >= deepest) throw fault(`lies in more than ${deepest} branches of others`);
  const [condition] = node.inputs;
  if (condition === undefined || condition === '') throw fault('has no condition');
  const branch = (name: string, value: boolean) => {
    const attribute = shell.attributes.find((one) => one.name === name);
    const graph = attribute && graphIn(attribute.bytes);
    if (!graph) throw fault(`has no ${name}`);
    const guards = [...(node.guards ?? []), { condition, value }];
    const { shells, outputs } = placed(graph, guards, node.name, names);
    if (outputs.length < node.outputs.length)
      throw fault(`has ${node.outputs.length} outputs and ${outputs.length} in its ${name}`);
    return {
      shells: shells.flatMap((inner) => unfolded(inner, names, depth + 1)),
      outputs: outputs.slice(0, node.outputs.length),
    };
  };
  const [then, otherwise] = [branch('then_branch', true), branch('else_branch', false)];
  const choice = { ...node, inputs: [condition, ...then.outputs, ...otherwise.outputs] };
  return [...then.shells, ...otherwise.shells, { ...shell, node: choice, attributes: [] }];
}

/** A `GraphProto` of an attribute, nothing but what a branch may have. */
interface BranchGraph {
  readonly shells: readonly NodeShell[];
  readonly outputs: readonly string[];
}

function graphIn(attribute: Uint8Array): BranchGraph | undefined {
  let graph: Uint8Array | undefined;
  readMessage(attribute, {
    6: bytesField((bytes) => {
      graph = bytes;
    }),
  });
  if (!graph) return undefined;
  const shells: NodeShell[] = [];
  const constants: NodeShell[] = [];
  const outputs: string[] = [];
  readMessage(graph, {
    1: bytesField((bytes) => {
      shells.push(decodeNodeShell(bytes));
    }),
    5: bytesField((bytes) => {
      constants.push(constantOf(tensorName(bytes), bytes));
    }),
    12: bytesField((bytes) => {
      readMessage(bytes, {
        1: textField((name) => {
          outputs.push(name);
        }),
      });
    }),
  });
  return { shells: [...constants, ...shells], outputs };
}

/** A Constant node of a `TensorProto`. */
function constantOf(name: string, tensor: Uint8Array): NodeShell {
  const node = { name, type: 'Constant', domain: '', inputs: [], outputs: [name] };
  return { node, overload: '', attributes: [tensorAttribute('value', tensor)] };
}

/** An `AttributeProto` that holds a tensor. */
function tensorAttribute(name: string, tensor: Uint8Array): AttributeShell {
  const length: number[] = [];
  for (let rest = tensor.length; ; rest = Math.floor(rest / 128)) {
    length.push(rest < 128 ? rest : (rest % 128) + 128);
    if (rest < 128) break;
  }
  // Field 5, of bytes.
  const bytes = new Uint8Array(1 + length.length + tensor.length);
  bytes.set([(5 << 3) | 2, ...length]);
  bytes.set(tensor, 1 + length.length);
  return { ...decodeAttributeShell(bytes), name };
}

/** A branch by names that are its own: both branches of a node may use the same. */
function placed(
  { shells, outputs }: BranchGraph,
  guards: readonly Guard[],
  within: string,
  names: FreshNames,
): BranchGraph {
  const own = new Map<string, string>();
  for (const { node } of shells)
    for (const output of node.outputs)
      if (output !== '' && !own.has(output)) own.set(output, names.take(nameWithin(within, output)));
  const renamed = (name: string): string => own.get(name) ?? name;
  return {
    shells: shells.map(({ node, ...shell }) => ({
      ...shell,
      node: {
        ...node,
        name: nameWithin(within, node.name),
        inputs: node.inputs.map(renamed),
        outputs: node.outputs.map(renamed),
        guards,
      },
    })),
    outputs: outputs.map(renamed),
  };
}
