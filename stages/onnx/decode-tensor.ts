import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';
import { ModelError } from '../errors.js';
import { type ElementType, elementCount, elementTypeOf, type Tensor } from './model.js';
import { eachField, readIntegers } from './wire.js';

/** Gives the bytes of a tensor that an ONNX file keeps in another file beside it. */
export type ExternalData = (location: string, offset: number, length: number | undefined) => Uint8Array;

/**
 * Reads a `TensorProto`, whichever of its fields holds the values.
 * @throws ModelError for element types that no ONNX classifier has (strings, complex numbers), or when the number of
 * values disagrees with the shape
 */
export function decodeTensor(bytes: Uint8Array, external?: ExternalData): [name: string, tensor: Tensor] {
  let name = '';
  let code = 0;
  let raw: Uint8Array | undefined;
  let outside = false;
  const dims: number[] = [];
  const floats: number[] = [];
  const integers: number[] = [];
  const longs: bigint[] = [];
  const doubles: number[] = [];
  const location = new Map<string, string>();
  eachField(new BinaryReader(bytes), (field, wire, reader) => {
    if (field === 1) readIntegers(reader, wire, dims);
    else if (field === 2) code = reader.int32();
    else if (field === 4) readRepeated(reader, wire, floats, (r) => r.float());
    else if (field === 5) readRepeated(reader, wire, integers, (r) => r.int32());
    else if (field === 7) readRepeated(reader, wire, longs, (r) => BigInt(r.int64()));
    else if (field === 8) name = reader.string();
    else if (field === 9) raw = reader.bytes();
    else if (field === 10) readRepeated(reader, wire, doubles, (r) => r.double());
    else if (field === 13) {
      const entry = ['', ''];
      eachField(new BinaryReader(reader.bytes()), (part, _wire, inner) => {
        if (part !== 1 && part !== 2) return false;
        entry[part - 1] = inner.string();
        return true;
      });
      location.set(entry[0] ?? '', entry[1] ?? '');
    } else if (field === 14) outside = reader.int32() === 1;
    else return false;
    return true;
  });
  if (outside) {
    if (!external)
      throw new ModelError(
        `tensor ${name} lies in the external file ${location.get('location')}, which can't be read from here`,
      );
    const length = location.get('length');
    raw = external(
      location.get('location') ?? '',
      Number(location.get('offset') ?? 0),
      length === undefined ? undefined : Number(length),
    );
  }
  const type = elementTypeOf(code);
  if (!type)
    throw new ModelError(
      `tensor ${name} has element type ${code}, which is neither a number nor a truth value`,
    );
  const tensor = toTensor(type, dims, raw, { floats, integers, longs, doubles });
  const expected = elementCount(dims);
  if ((type === 'float32' || type === 'int64') && tensor.data.length !== expected)
    throw new ModelError(
      `tensor ${name} holds ${tensor.data.length} values where its shape [${dims}] has ${expected}; the file is damaged`,
    );
  return [name, tensor];
}

interface FieldValues {
  readonly floats: readonly number[];
  readonly integers: readonly number[];
  readonly longs: readonly bigint[];
  readonly doubles: readonly number[];
}

function toTensor(
  type: ElementType,
  dims: readonly number[],
  raw: Uint8Array | undefined,
  values: FieldValues,
): Tensor {
  switch (type) {
    case 'float32':
      return { type, dims, data: raw ? new Float32Array(aligned(raw, 4)) : Float32Array.from(values.floats) };
    case 'int64':
      return {
        type,
        dims,
        data: raw ? new BigInt64Array(aligned(raw, 8)) : BigInt64Array.from(values.longs),
      };
    default:
      return { type, dims, data: raw ? raw.slice() : packIntegers(type, values) };
  }
}

/** A copy whose length is cut to whole elements, so that a damaged file is told by its count of values. */
function aligned(raw: Uint8Array, size: number): ArrayBuffer {
  const copy = new ArrayBuffer(Math.floor(raw.length / size) * size);
  new Uint8Array(copy).set(raw.subarray(0, copy.byteLength));
  return copy;
}

function packIntegers(type: ElementType, values: FieldValues): Uint8Array {
  const bytes =
    type === 'float64'
      ? Float64Array.from(values.doubles)
      : type === 'int32' || type === 'uint32'
        ? Int32Array.from(values.integers)
        : type === 'float16' || type === 'bfloat16' || type === 'int16' || type === 'uint16'
          ? Uint16Array.from(values.integers)
          : Uint8Array.from(values.integers);
  return new Uint8Array(bytes.buffer);
}

function readRepeated<T>(
  reader: BinaryReader,
  wire: WireType,
  into: T[],
  read: (reader: BinaryReader) => T,
): void {
  if (wire !== WireType.LengthDelimited) {
    into.push(read(reader));
    return;
  }
  const packed = new BinaryReader(reader.bytes());
  while (packed.pos < packed.len) into.push(read(packed));
}
