import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';

/** One field of a protobuf message, as it is written in tests. */
export type RawField = readonly [field: number, value: number | bigint | string | Uint8Array];

/** A protobuf message: numbers are varints, text and bytes have a length. */
export function message(...fields: readonly RawField[]): Uint8Array {
  const writer = new BinaryWriter();
  for (const [field, value] of fields)
    if (typeof value === 'string') writer.tag(field, WireType.LengthDelimited).string(value);
    else if (value instanceof Uint8Array) writer.tag(field, WireType.LengthDelimited).bytes(value);
    else writer.tag(field, WireType.Varint).int64(value);
  return writer.finish();
}

/** `NodeProto` of the fields 1 (inputs), 2 (output) and 4 (type), and attributes. */
export function rawNode(
  type: string,
  inputs: readonly string[],
  outputs: readonly string[],
  ...attributes: readonly Uint8Array[]
): Uint8Array {
  return message(
    ...inputs.map((name): RawField => [1, name]),
    ...outputs.map((name): RawField => [2, name]),
    [4, type],
    ...attributes.map((attribute): RawField => [5, attribute]),
  );
}

/** `ValueInfoProto` of float32. */
export function rawValue(name: string, dims: readonly (number | string)[]): Uint8Array {
  const shape = message(
    ...dims.map((size): RawField => [1, typeof size === 'number' ? message([1, size]) : message([2, size])]),
  );
  return message([1, name], [2, message([1, message([1, 1], [2, shape])])]);
}

/** Float32 `TensorProto` with raw data. */
export function rawFloats(name: string, dims: readonly number[], values?: readonly number[]): Uint8Array {
  const count = dims.reduce((product, size) => product * size, 1);
  const data = Float32Array.from(values ?? Array.from({ length: count }, (_, i) => ((i % 7) - 3) / 4));
  return message(
    ...dims.map((size): RawField => [1, size]),
    [2, 1],
    [8, name],
    [9, new Uint8Array(data.buffer)],
  );
}

/** Float32 `TensorProto` whose values lie in another file. */
export function rawExternal(
  name: string,
  dims: readonly number[],
  place: Readonly<Record<string, string>>,
): Uint8Array {
  return message(
    ...dims.map((size): RawField => [1, size]),
    [2, 1],
    [8, name],
    ...Object.entries(place).map(([key, value]): RawField => [13, message([1, key], [2, value])]),
    [14, 1],
  );
}

/** `ModelProto` of operator set 17: an `image` [N, 3, 4, 4] and an output `logits`. */
export function rawModel(
  nodes: readonly Uint8Array[],
  initializers: readonly Uint8Array[],
  ...more: readonly RawField[]
): Uint8Array {
  return message(
    [1, 8],
    [
      7,
      message(
        ...nodes.map((node): RawField => [1, node]),
        ...initializers.map((tensor): RawField => [5, tensor]),
        [11, rawValue('image', ['N', 3, 4, 4])],
        [12, rawValue('logits', ['N', 'K'])],
        ...more,
      ),
    ],
    [8, message([1, ''], [2, 17])],
  );
}

/** Flatten and one linear layer [48, 5], `W`. */
export const linearNodes = [
  rawNode('Flatten', ['image'], ['flat']),
  rawNode('MatMul', ['flat', 'W'], ['logits']),
];
