import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { toFloat32 } from '../../stages/import/constant-tensors.js';
import { FoldingBudget } from '../../stages/import/folding-budget.js';
import { decodeModel } from '../../stages/onnx/decode.js';
import { decodeTensor } from '../../stages/onnx/decode-tensor.js';
import type { Node, Tensor } from '../../stages/onnx/model.js';

/** One of ONNX's own cases: a node, what it reads and what it must give; float64 as float32. */
export interface OperatorCase {
  /** The name of its folder. */
  readonly name: string;
  /** Cases say the set that brought the operation's newest form: it is the same in the oldest that is read. */
  readonly opset: number;
  readonly node: Node;
  /** By the name that the node has for it. */
  readonly inputs: ReadonlyMap<string, Tensor>;
  /** What it must give, in the order of its outputs; null for one that is left out. */
  readonly outputs: readonly (Tensor | null)[];
}

/** Folders of cases, each with a `model.onnx` and a `test_data_set_0`, in order. */
export function caseFolders(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(folder, entry.name))
    .sort();
}

/** A case of one node of ONNX's own operator set, or null where a folder has anything else: sequences, other operator sets. */
export function readCase(folder: string): OperatorCase | null {
  try {
    return read(folder);
  } catch {
    // Texts, sequences, complex numbers: nothing that a classifier holds.
    return null;
  }
}

function read(folder: string): OperatorCase | null {
  const { graph, opset } = decodeModel(readFileSync(join(folder, 'model.onnx')));
  const [node, another] = graph.nodes;
  if (!node || another || node.domain !== '') return null;
  const named = (kind: string, values: readonly { readonly name: string }[]): [string, Tensor][] =>
    values.map(({ name }, index) => {
      const [, tensor] = decodeTensor(readFileSync(join(folder, 'test_data_set_0', `${kind}_${index}.pb`)));
      return [name, toFloat32(tensor, new FoldingBudget(0)) ?? tensor];
    });
  const outputs = new Map(named('output', graph.outputs));
  return {
    name: basename(folder),
    opset: Math.max(opset, 7),
    node,
    inputs: new Map([...graph.initializers, ...named('input', graph.inputs)]),
    outputs: node.outputs.map((name) => outputs.get(name) ?? null),
  };
}
