import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { ModelError } from '../errors.js';
import { call } from '../setting.js';
import {
  type Attribute,
  channelsLastDomain,
  elementTypeCodes,
  type Model,
  type Node,
  type Tensor,
  type ValueInfo,
} from './model.js';

/** IR version 8 goes with opset 17; every ONNX Runtime since 1.12 reads it. */
const irVersion = 8;

/** A protobuf message is smaller; who reads one refuses more. */
export const largestFile = 2 ** 31 - 1;

/**
 * Writes an ONNX file. Equal models give equal bytes. Little-endian machines only.
 * @throws ModelError where it would be larger than an ONNX file can be
 */
export function encodeModel(model: Model): Uint8Array {
  return joined(modelParts(model));
}

/** The fields of a `TensorProto` of that name, of whose parts none is copied. */
export type EncodeTensor = (tensor: Tensor, name: string) => readonly Uint8Array[];

/**
 * The bytes of an ONNX file, in parts that follow each other; weights are parts as they lie in memory.
 * @param encodeInitializer how an initialiser is written
 */
export function modelParts(
  model: Model,
  encodeInitializer: EncodeTensor = tensorParts,
): readonly Uint8Array[] {
  const { graph, metadata, opset } = model;
  return [
    written((w) => {
      w.tag(1, WireType.Varint).int64(irVersion);
      w.tag(2, WireType.LengthDelimited).string('grodin');
    }),
    ...field(7, [
      written((w) => {
        for (const node of graph.nodes) message(w, 1, (inner) => encodeNode(inner, node));
        w.tag(2, WireType.LengthDelimited).string(graph.name);
      }),
      ...[...graph.initializers].flatMap(([name, tensor]) => field(5, encodeInitializer(tensor, name))),
      written((w) => {
        for (const input of graph.inputs) message(w, 11, (inner) => encodeValueInfo(inner, input));
        for (const output of graph.outputs) message(w, 12, (inner) => encodeValueInfo(inner, output));
      }),
    ]),
    written((w) => {
      for (const domain of new Set(['', ...graph.nodes.map((node) => node.domain)]))
        message(w, 8, (inner) => {
          inner.tag(1, WireType.LengthDelimited).string(domain);
          const version = domain === '' || domain === channelsLastDomain ? opset : 1;
          inner.tag(2, WireType.Varint).int64(version);
        });
      for (const [key, value] of metadata)
        message(w, 14, (inner) => {
          inner.tag(1, WireType.LengthDelimited).string(key);
          inner.tag(2, WireType.LengthDelimited).string(value);
        });
    }),
  ];
}

/**
 * Parts of a message are kept apart until all are there, or each weight would be copied for every message around it.
 * @throws ModelError where they are more than an ONNX file can be
 */
export function joined(parts: readonly Uint8Array[]): Uint8Array {
  const length = lengthOf(parts);
  if (length > largestFile)
    throw new ModelError(
      `the compiled graph takes ${length} bytes, and an ONNX file is smaller than 2 GiB; write it to disk (${call('writeScorer')}), where its weights have a file of their own beside it`,
    );
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

export const lengthOf = (parts: readonly Uint8Array[]): number =>
  parts.reduce((sum, part) => sum + part.length, 0);

/** A message, or a part of one. */
export function written(write: (writer: BinaryWriter) => void): Uint8Array {
  const writer = new BinaryWriter();
  write(writer);
  return writer.finish();
}

/** A field that holds a message, of whose parts none is copied. */
function field(number: number, parts: readonly Uint8Array[]): readonly Uint8Array[] {
  const length = lengthOf(parts);
  // What is larger is refused as a whole.
  const head = written((w) => w.tag(number, WireType.LengthDelimited).uint32(Math.min(length, largestFile)));
  return [head, ...parts];
}

export function message(writer: BinaryWriter, field: number, write: (writer: BinaryWriter) => void): void {
  writer.tag(field, WireType.LengthDelimited).fork();
  write(writer);
  writer.join();
}

function encodeNode(writer: BinaryWriter, node: Node): void {
  for (const input of node.inputs) writer.tag(1, WireType.LengthDelimited).string(input);
  for (const output of node.outputs) writer.tag(2, WireType.LengthDelimited).string(output);
  writer.tag(3, WireType.LengthDelimited).string(node.name);
  writer.tag(4, WireType.LengthDelimited).string(node.type);
  for (const [name, attribute] of node.attributes)
    message(writer, 5, (w) => encodeAttribute(w, name, attribute));
  if (node.domain !== '') writer.tag(7, WireType.LengthDelimited).string(node.domain);
}

function encodeAttribute(writer: BinaryWriter, name: string, attribute: Attribute): void {
  const text = new TextEncoder();
  const type = (code: number) => writer.tag(20, WireType.Varint).int32(code);
  writer.tag(1, WireType.LengthDelimited).string(name);
  switch (attribute.kind) {
    case 'float':
      writer.tag(2, WireType.Bit32).float(attribute.value);
      type(1);
      break;
    case 'int':
      writer.tag(3, WireType.Varint).int64(attribute.value);
      type(2);
      break;
    case 'string':
      writer.tag(4, WireType.LengthDelimited).bytes(text.encode(attribute.value));
      type(3);
      break;
    case 'tensor':
      writer.tag(5, WireType.LengthDelimited).bytes(joined(tensorParts(attribute.value, '')));
      type(4);
      break;
    case 'floats':
      for (const value of attribute.value) writer.tag(7, WireType.Bit32).float(value);
      type(6);
      break;
    case 'ints':
      for (const value of attribute.value) writer.tag(8, WireType.Varint).int64(value);
      type(7);
      break;
    case 'strings':
      for (const value of attribute.value) writer.tag(9, WireType.LengthDelimited).bytes(text.encode(value));
      type(8);
      break;
    case 'unsupported':
      throw new TypeError(`attribute ${name} is of a kind that can't be written`);
  }
}

/** A `TensorProto`, the last part being its elements as they lie in memory. */
export function tensorParts(tensor: Tensor, name: string): readonly Uint8Array[] {
  const { buffer, byteOffset, byteLength } = tensor.data;
  const head = written((w) => {
    for (const size of tensor.dims) w.tag(1, WireType.Varint).int64(size);
    w.tag(2, WireType.Varint).int32(elementTypeCodes[tensor.type]);
    w.tag(8, WireType.LengthDelimited).string(name);
    w.tag(9, WireType.LengthDelimited).uint32(byteLength);
  });
  return [head, new Uint8Array(buffer, byteOffset, byteLength)];
}

function encodeValueInfo(writer: BinaryWriter, value: ValueInfo): void {
  writer.tag(1, WireType.LengthDelimited).string(value.name);
  message(writer, 2, (type) =>
    message(type, 1, (tensor) => {
      if (value.type !== 'unknown') tensor.tag(1, WireType.Varint).int32(elementTypeCodes[value.type]);
      const dims = value.dims;
      if (dims)
        message(tensor, 2, (shape) => {
          for (const size of dims)
            message(shape, 1, (dimension) => {
              if (typeof size === 'number') dimension.tag(1, WireType.Varint).int64(size);
              else dimension.tag(2, WireType.LengthDelimited).string(size);
            });
        });
    }),
  );
}
