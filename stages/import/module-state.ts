import { elementCount, type Node, type Tensor } from '../onnx/model.js';

/** The way to a parameter of a network that is a sequence of layers: `0.weight`, `3.conv.bias`; never a number alone. */
const inSequence = /^\d+(\.\w+)*\.[A-Za-z_]\w*(\.\w+)*$/;

/**
 * Whether the name of an initialiser says that it is part of a module's state: PyTorch's exporter writes the way to it,
 * `logit_scale` or `layer1.0.conv.weight`, and gives what it has computed itself names like `onnx::Mul_12`, `12` or `/layer1/Mul`.
 */
export function isNamedState(producer: string, name: string): boolean {
  return producer === 'pytorch' && (/^[A-Za-z_]\w*(\.\w+)*$/.test(name) || inSequence.test(name));
}

/**
 * Whether what an Identity makes of a tensor of the file is a parameter of its own: PyTorch's exporter writes parameters of equal
 * values so, each by the way to it. Any other name, as of the second use of a shared layer, is the same tensor once more.
 */
export function isParameterCopy(producer: string, name: string): boolean {
  return isNamedState(producer, name) || /^[A-Za-z_]\w*(\.\w+)+$/.test(name) || inSequence.test(name);
}

/** Layers that have their weights in their second input. */
const layers: ReadonlySet<string> = new Set(['Conv', 'Gemm', 'MatMul']);

/**
 * Whether the Constant nodes of a file are what the code of a network holds: PyTorch's exporter writes weights as
 * initialisers. A tool may have turned all of them into Constant nodes, after which these tell nothing.
 */
export function keepsCodeInConstants(
  producer: string,
  nodes: readonly Node[],
  initializers: ReadonlyMap<string, Tensor>,
): boolean {
  if (producer !== 'pytorch') return false;
  return nodes.some(({ type, inputs: [, weight = ''] }) => {
    const tensor = layers.has(type) ? initializers.get(weight) : undefined;
    return tensor !== undefined && elementCount(tensor.dims) > 1;
  });
}

/** Whether a name is what PyTorch's exporter calls a tensor that it has folded. */
export const isFoldedName = (name: string): boolean => /^onnx::\w+_\d+$/.test(name);
