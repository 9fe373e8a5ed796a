import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
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

/** Writes an ONNX file. Equal models give equal bytes. Little-endian machines only. */
export function encodeModel(model: Model): Uint8Array {
  const writer = new BinaryWriter();
  writer.tag(1, WireType.Varint).int64(irVersion);
  writer.tag(2, WireType.LengthDelimited).string('grodin');
  message(writer, 7, (graph) => {
    for (const node of model.graph.nodes) message(graph, 1, (w) => encodeNode(w, node));
    graph.tag(2, WireType.LengthDelimited).string(model.graph.name);
    for (const [name, tensor] of model.graph.initializers)
      message(graph, 5, (w) => encodeTensor(w, tensor, name));
    for (const input of model.graph.inputs) message(graph, 11, (w) => encodeValueInfo(w, input));
    for (const output of model.graph.outputs) message(graph, 12, (w) => encodeValueInfo(w, output));
  });
  for (const domain of new Set(['', ...model.graph.nodes.map((node) => node.domain)]))
    message(writer, 8, (w) => {
      w.tag(1, WireType.LengthDelimited).string(domain);
      w.tag(2, WireType.Varint).int64(domain === '' || domain === channelsLastDomain ? model.opset : 1);
    });
  for (const [key, value] of model.metadata)
    message(writer, 14, (w) => {
      w.tag(1, WireType.LengthDelimited).string(key);
      w.tag(2, WireType.LengthDelimited).string(value);
    });
  return writer.finish();
}

function message(writer: BinaryWriter, field: number, write: (writer: BinaryWriter) => void): void {
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
      message(writer, 5, (w) => encodeTensor(w, attribute.value, ''));
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

function encodeTensor(writer: BinaryWriter, tensor: Tensor, name: string): void {
  for (const size of tensor.dims) writer.tag(1, WireType.Varint).int64(size);
  writer.tag(2, WireType.Varint).int32(elementTypeCodes[tensor.type]);
  writer.tag(8, WireType.LengthDelimited).string(name);
  const { buffer, byteOffset, byteLength } = tensor.data;
  writer.tag(9, WireType.LengthDelimited).bytes(new Uint8Array(buffer, byteOffset, byteLength));
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
