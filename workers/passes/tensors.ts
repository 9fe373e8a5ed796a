import { type InputsOf, type SignatureKind, signatures } from '../../stages/scoring/signature.js';
import type { HostTensor } from '../engines/engine.js';

/** What a graph is fed, by the names of its file. */
export function feedsNamed<Kind extends SignatureKind, Tensor>(
  kind: Kind,
  tensors: Readonly<Record<InputsOf<Kind>, Tensor>>,
): Readonly<Record<string, Tensor>> {
  const { inputs } = signatures[kind];
  const keys = Object.keys(inputs) as (keyof typeof inputs & InputsOf<Kind>)[];
  return Object.fromEntries(keys.map((key) => [inputs[key].name, tensors[key]]));
}

/** Numbers as a tensor of one axis, [count]. */
export function vector(values: readonly number[]): HostTensor {
  return { type: 'float32', dims: [values.length], data: Float32Array.from(values) };
}

/** Rows of equal length as a tensor of two axes, [rows, columns]. */
export function matrix(rows: readonly (readonly number[])[]): HostTensor {
  return {
    type: 'float32',
    dims: [rows.length, rows[0]?.length ?? 0],
    data: Float32Array.from(rows.flat()),
  };
}
