/**
 * Whether the name of an initialiser says that it is part of a module's state: PyTorch's exporter writes the way to it,
 * `logit_scale` or `layer1.0.conv.weight`, and gives what it has computed itself names like `onnx::Mul_12`, `12` or `/layer1/Mul`.
 */
export function isNamedState(producer: string, name: string): boolean {
  return producer === 'pytorch' && /^[A-Za-z_]\w*(\.\w+)*$/.test(name);
}
