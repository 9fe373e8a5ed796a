/** Element types that grodin reads; the names are those of ONNX. */
export type ElementType =
  | 'float32'
  | 'uint8'
  | 'int8'
  | 'uint16'
  | 'int16'
  | 'int32'
  | 'int64'
  | 'bool'
  | 'float16'
  | 'float64'
  | 'uint32'
  | 'uint64'
  | 'bfloat16';

/** `TensorProto.DataType` of each element type. */
export const elementTypeCodes: Readonly<Record<ElementType, number>> = {
  float32: 1,
  uint8: 2,
  int8: 3,
  uint16: 4,
  int16: 5,
  int32: 6,
  int64: 7,
  bool: 9,
  float16: 10,
  float64: 11,
  uint32: 12,
  uint64: 13,
  bfloat16: 16,
};

/** Bytes that one element takes. */
export const elementBytes: Readonly<Record<ElementType, number>> = {
  float32: 4,
  uint8: 1,
  int8: 1,
  uint16: 2,
  int16: 2,
  int32: 4,
  int64: 8,
  bool: 1,
  float16: 2,
  float64: 8,
  uint32: 4,
  uint64: 8,
  bfloat16: 2,
};

const elementTypesByCode: ReadonlyMap<number, ElementType> = new Map(
  Object.entries(elementTypeCodes).map(([name, code]) => [code, name as ElementType]),
);

/** The element type of a `TensorProto.DataType`, or undefined for strings, complex numbers and unknown codes. */
export function elementTypeOf(code: number): ElementType | undefined {
  return elementTypesByCode.get(code);
}

/** Those of floating-point numbers. */
export const floatTypes: ReadonlySet<ElementType> = new Set(['float32', 'float16', 'bfloat16', 'float64']);

/** Row-major tensors of the element types that graphs compute with. */
export interface FloatTensor {
  readonly type: 'float32';
  readonly dims: readonly number[];
  readonly data: Float32Array;
}
export interface IntegerTensor {
  readonly type: 'int64';
  readonly dims: readonly number[];
  readonly data: BigInt64Array;
}
/** A tensor of any other element type, kept as the bytes of the file. */
export interface OpaqueTensor {
  readonly type: Exclude<ElementType, 'float32' | 'int64'>;
  readonly dims: readonly number[];
  readonly data: Uint8Array;
}
export type Tensor = FloatTensor | IntegerTensor | OpaqueTensor;

/** A node attribute. Graph-valued and sparse attributes are kept by kind only: no operation here reads them. */
export type Attribute =
  | { readonly kind: 'int'; readonly value: number }
  | { readonly kind: 'float'; readonly value: number }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'tensor'; readonly value: Tensor }
  | { readonly kind: 'ints'; readonly value: readonly number[] }
  | { readonly kind: 'floats'; readonly value: readonly number[] }
  | { readonly kind: 'strings'; readonly value: readonly string[] }
  | { readonly kind: 'unsupported' };

/**
 * The operator set in which ONNX Runtime has operations in channels-last order [N, H, W, C] for its own use; its version
 * is that of the standard operator set.
 */
export const channelsLastDomain = 'com.ms.internal.nhwc';

/** One operation of a graph. An empty input or output name stands for one that is left out. */
export interface Node {
  readonly name: string;
  readonly type: string;
  /** Operator set; empty for the standard one. */
  readonly domain: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: ReadonlyMap<string, Attribute>;
  /** Version of the standard operator set that it is of, where a local function has another than the model. */
  readonly opset?: number;
  /** What must hold for it to be computed, outermost first: it stands in branches of If nodes. */
  readonly guards?: readonly Guard[];
}

/** One branch of an If node. */
export interface Guard {
  /** Name of the condition, one truth value. */
  readonly condition: string;
  readonly value: boolean;
}

/** A graph input or output. A dimension is a size, or a name where it is free; null where the rank is unknown. */
export interface ValueInfo {
  readonly name: string;
  readonly type: ElementType | 'unknown';
  readonly dims: readonly (number | string)[] | null;
}

export interface Graph {
  readonly name: string;
  readonly nodes: readonly Node[];
  readonly initializers: ReadonlyMap<string, Tensor>;
  /** Without the initialisers that old files list here too. */
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
  /** All values by name, where the graph was built here; not written to files. */
  readonly values?: ReadonlyMap<string, ValueInfo>;
  /** Names of the nodes that stay in single precision, where the graph was built here; not written to files. */
  readonly single?: ReadonlySet<string>;
}

/** A model as read from, or to be written to, an ONNX file. */
export interface Model {
  /** Version of the standard operator set. */
  readonly opset: number;
  /** The tool that wrote the file, by the name that it gives itself; left out of what is built here. */
  readonly producer?: string;
  readonly graph: Graph;
  readonly metadata: ReadonlyMap<string, string>;
}

/** Bytes that one tensor may take: what reads, hashes and writes them takes less than 2 GiB at once. */
export const largestTensor = 2 ** 31 - 1;

/** Number of elements of a tensor. */
export function elementCount(dims: readonly number[]): number {
  return dims.reduce((product, size) => product * size, 1);
}

/** Number of elements of a tensor whose shape comes from a file, or null where it is no shape, or beyond 2⁴⁸ bytes. */
export function countElements(dims: readonly number[]): number | null {
  if (!dims.every((size) => Number.isSafeInteger(size) && size >= 0)) return null;
  if (dims.includes(0)) return 0;
  let count = 1;
  for (const size of dims) {
    count *= size;
    if (count > 2 ** 45) return null;
  }
  return count;
}

/** Bytes of the constants that a graph holds: initialisers, and the tensors of its Constant nodes. */
export function heldBytes({ initializers, nodes }: Graph): number {
  let held = 0;
  for (const { data } of initializers.values()) held += data.byteLength;
  for (const { attributes } of nodes)
    for (const attribute of attributes.values())
      if (attribute.kind === 'tensor') held += attribute.value.data.byteLength;
  return held;
}
