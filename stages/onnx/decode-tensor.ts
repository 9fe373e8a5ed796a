import { type BinaryReader, WireType } from '@bufbuild/protobuf/wire';
import { ModelError } from '../errors.js';
import { listed, shown } from '../shown.js';
import {
  countElements,
  type ElementType,
  elementBytes,
  elementTypeOf,
  floatTypes,
  type Tensor,
} from './model.js';
import { bytesField, integerField, integersField, readMessage, repeatedField, textField } from './wire.js';

/**
 * Gives the bytes of a tensor that an ONNX file keeps in another file: `length` bytes from `offset`, both whole numbers
 * that are not negative. What it gives belongs to the tensor, and begins at the start of its buffer.
 */
export type ExternalData = (location: string, offset: number, length: number) => Uint8Array;

/** A `TensorProto` but for its values. */
interface TensorHeader {
  name: string;
  code: number;
  readonly dims: number[];
  raw: Uint8Array | undefined;
  outside: boolean;
  /** Where the values lie, if outside: `location`, `offset`, `length`. */
  readonly place: Map<string, string>;
}

/**
 * Reads a `TensorProto`, whichever of its fields holds the values. Shape, type and number of values are compared before
 * anything is allocated or read.
 * @throws ModelError for element types that no ONNX classifier has (strings, complex numbers), or when the number of
 * values disagrees with the shape
 */
export function decodeTensor(bytes: Uint8Array, external?: ExternalData): [name: string, tensor: Tensor] {
  const header = readHeader(bytes);
  const { name, code, dims, raw } = header;
  const what = `tensor ${shown(name)}`;
  const type = elementTypeOf(code);
  if (!type)
    throw new ModelError(`${what} has element type ${code}, which is neither a number nor a truth value`);
  const count = countElements(dims);
  if (count === null)
    throw new ModelError(
      `${what} has shape [${listed(dims)}], which no tensor can have; the file is damaged`,
    );
  const length = count * elementBytes[type];
  if (header.outside) return [name, view(type, dims, readOutside(what, header, length, external))];
  if (raw) {
    const held = raw.length / elementBytes[type];
    if (raw.length !== length) throw wrongCount(what, Math.floor(held), dims, count);
    return [name, view(type, dims, new Uint8Array(raw))];
  }
  return [name, view(type, dims, readValues(what, bytes, type, dims, count))];
}

/**
 * Bytes that the values of a `TensorProto` take as a graph computes with them, in float32 at least: 0 for what is no
 * tensor, and no more than the file can hold for one that is in it. Nothing of them is read.
 */
export function claimedBytes(bytes: Uint8Array): number {
  const { code, dims, outside } = readHeader(bytes);
  const type = elementTypeOf(code);
  if (!type) return 0;
  const claimed = (countElements(dims) ?? 0) * (floatTypes.has(type) ? 4 : elementBytes[type]);
  return outside ? claimed : Math.min(claimed, 4 * bytes.length);
}

/** The name of a `TensorProto`, nothing else of it being read. */
export function tensorName(bytes: Uint8Array): string {
  let name = '';
  readMessage(bytes, {
    8: textField((text) => {
      name = text;
    }),
  });
  return name;
}

function readHeader(bytes: Uint8Array): TensorHeader {
  const header: TensorHeader = {
    name: '',
    code: 0,
    dims: [],
    raw: undefined,
    outside: false,
    place: new Map(),
  };
  readMessage(bytes, {
    1: integersField(header.dims),
    2: integerField((code) => {
      header.code = code;
    }),
    8: textField((name) => {
      header.name = name;
    }),
    9: bytesField((raw) => {
      header.raw = raw;
    }),
    13: bytesField((entry) => {
      let [key, value] = ['', ''];
      readMessage(entry, {
        1: textField((text) => {
          key = text;
        }),
        2: textField((text) => {
          value = text;
        }),
      });
      header.place.set(key, value);
    }),
    14: integerField((place) => {
      header.outside = place === 1;
    }),
  });
  return header;
}

function readOutside(
  what: string,
  { place, dims }: TensorHeader,
  expected: number,
  external: ExternalData | undefined,
): Uint8Array {
  const location = place.get('location') ?? '';
  if (!external)
    throw new ModelError(
      `${what} lies in the external file ${shown(location)}, which can't be read from here`,
    );
  const offset = wholeNumber(what, 'offset', place.get('offset')) ?? 0;
  const length = wholeNumber(what, 'length', place.get('length')) ?? expected;
  if (length !== expected)
    throw new ModelError(
      `${what} has ${length} bytes of external data where its shape [${listed(dims)}] has ${expected}; the file is damaged`,
    );
  if (!Number.isSafeInteger(offset + length))
    throw new ModelError(`${what} has external data at offset ${offset}, which no file reaches`);
  return expected === 0 ? new Uint8Array(0) : external(location, offset, length);
}

function wholeNumber(what: string, key: string, text: string | undefined): number | null {
  if (text === undefined) return null;
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(value))
    throw new ModelError(
      `${what} has external data with ${key} ${shown(text)}, expected a whole number that is not negative`,
    );
  return value;
}

/** The values of a tensor that come one by one; read in a second pass, when it is known how many there must be. */
function readValues(
  what: string,
  bytes: Uint8Array,
  type: ElementType,
  dims: readonly number[],
  count: number,
): Uint8Array {
  // Each value takes a byte of the file at least: a shape that claims more is not worth its allocation.
  const values = count > bytes.length ? null : new DataView(new ArrayBuffer(count * elementBytes[type]));
  // Where values beyond the shape's go, to be counted.
  const spare = new DataView(new ArrayBuffer(8));
  let found = 0;
  const { field, wire, store } = valueFields[kindOf(type)];
  const size = elementBytes[type];
  readMessage(bytes, {
    [field]: repeatedField(wire, (reader) => {
      if (values && found < count) store(reader, values, found * size, size);
      else store(reader, spare, 0, size);
      found += 1;
    }),
  });
  if (found !== count || !values) throw wrongCount(what, found, dims, count);
  return new Uint8Array(values.buffer);
}

interface ValueField {
  readonly field: number;
  readonly wire: WireType;
  readonly store: (reader: BinaryReader, values: DataView, at: number, size: number) => void;
}

/** The fields of a `TensorProto` that hold values of its element types one by one. */
const valueFields = {
  float: { field: 4, wire: WireType.Bit32, store: (r, values, at) => values.setFloat32(at, r.float(), true) },
  double: {
    field: 10,
    wire: WireType.Bit64,
    store: (r, values, at) => values.setFloat64(at, r.double(), true),
  },
  long: {
    field: 7,
    wire: WireType.Varint,
    store: (r, values, at) => values.setBigInt64(at, BigInt(r.int64()), true),
  },
  unsigned: {
    field: 11,
    wire: WireType.Varint,
    store: (r, values, at, size) => {
      const value = BigInt(r.uint64());
      if (size === 8) values.setBigUint64(at, value, true);
      else values.setUint32(at, Number(BigInt.asUintN(32, value)), true);
    },
  },
  // Whatever is smaller, the bits of half precision among it.
  integer: {
    field: 5,
    wire: WireType.Varint,
    store: (r, values, at, size) => {
      const value = r.int32();
      if (size === 4) values.setInt32(at, value, true);
      else if (size === 2) values.setInt16(at, value, true);
      else values.setInt8(at, value);
    },
  },
} satisfies Record<string, ValueField>;

function kindOf(type: ElementType): keyof typeof valueFields {
  switch (type) {
    case 'float32':
      return 'float';
    case 'float64':
      return 'double';
    case 'int64':
      return 'long';
    case 'uint32':
    case 'uint64':
      return 'unsigned';
    default:
      return 'integer';
  }
}

/** @param bytes of whole elements, from the start of a buffer of their own; little-endian machines only */
function view(type: ElementType, dims: readonly number[], bytes: Uint8Array): Tensor {
  const { buffer, byteLength } = bytes;
  switch (type) {
    case 'float32':
      return { type, dims, data: new Float32Array(buffer, 0, byteLength / 4) };
    case 'int64':
      return { type, dims, data: new BigInt64Array(buffer, 0, byteLength / 8) };
    default:
      return { type, dims, data: bytes };
  }
}

function wrongCount(what: string, held: number, dims: readonly number[], expected: number): ModelError {
  return new ModelError(
    `${what} holds ${held} values where its shape [${listed(dims)}] has ${expected}; the file is damaged`,
  );
}
