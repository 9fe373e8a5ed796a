import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';
import { ModelError } from '../errors.js';
import { decodeTensor, type ExternalData } from './decode-tensor.js';
import {
  type Attribute,
  elementTypeOf,
  type Model,
  type Node,
  type Tensor,
  type ValueInfo,
} from './model.js';
import { eachField, readIntegers } from './wire.js';

/**
 * Reads an ONNX file (`ModelProto`).
 * @param external gives the bytes of a tensor that the file keeps in another one; without it such a tensor is an error
 * @throws ModelError when the bytes are not an ONNX model
 */
export function decodeModel(bytes: Uint8Array, external?: ExternalData): Model {
  let opset = 0;
  let graph: Model['graph'] | undefined;
  const metadata = new Map<string, string>();
  try {
    eachField(new BinaryReader(bytes), (field, wire, reader) => {
      if (field === 7 && wire === WireType.LengthDelimited) graph = decodeGraph(reader.bytes(), external);
      else if (field === 8 && wire === WireType.LengthDelimited) {
        const [domain, version] = decodeOpset(reader.bytes());
        if (domain === '' || domain === 'ai.onnx') opset = version;
      } else if (field === 14 && wire === WireType.LengthDelimited) {
        const [key, value] = decodeEntry(reader.bytes());
        metadata.set(key, value);
      } else return false;
      return true;
    });
  } catch (error) {
    if (error instanceof ModelError) throw error;
    throw new ModelError(
      'not an ONNX model: its bytes are not a protobuf ModelProto; export the network with torch.onnx.export or a like tool',
      { cause: error },
    );
  }
  if (!graph || graph.outputs.length === 0)
    throw new ModelError(
      'not an ONNX model: it holds no graph; export the network with torch.onnx.export or a like tool',
    );
  if (opset === 0) throw new ModelError('the model names no version of the standard operator set');
  return { opset, graph, metadata };
}

function decodeOpset(bytes: Uint8Array): [domain: string, version: number] {
  let domain = '';
  let version = 0;
  eachField(new BinaryReader(bytes), (field, _wire, reader) => {
    if (field === 1) domain = reader.string();
    else if (field === 2) version = Number(reader.int64());
    else return false;
    return true;
  });
  return [domain, version];
}

function decodeEntry(bytes: Uint8Array): [key: string, value: string] {
  let key = '';
  let value = '';
  eachField(new BinaryReader(bytes), (field, _wire, reader) => {
    if (field === 1) key = reader.string();
    else if (field === 2) value = reader.string();
    else return false;
    return true;
  });
  return [key, value];
}

function decodeGraph(bytes: Uint8Array, external: ExternalData | undefined): Model['graph'] {
  let name = '';
  const nodes: Node[] = [];
  const initializers = new Map<string, Tensor>();
  const inputs: ValueInfo[] = [];
  const outputs: ValueInfo[] = [];
  eachField(new BinaryReader(bytes), (field, _wire, reader) => {
    if (field === 1) nodes.push(decodeNode(reader.bytes(), external));
    else if (field === 2) name = reader.string();
    else if (field === 5) {
      const [key, tensor] = decodeTensor(reader.bytes(), external);
      initializers.set(key, tensor);
    } else if (field === 11) inputs.push(decodeValueInfo(reader.bytes()));
    else if (field === 12) outputs.push(decodeValueInfo(reader.bytes()));
    else return false;
    return true;
  });
  return {
    name,
    nodes,
    initializers,
    inputs: inputs.filter((input) => !initializers.has(input.name)),
    outputs,
  };
}

function decodeNode(bytes: Uint8Array, external: ExternalData | undefined): Node {
  const node = {
    name: '',
    type: '',
    domain: '',
    inputs: [] as string[],
    outputs: [] as string[],
    attributes: new Map<string, Attribute>(),
  };
  eachField(new BinaryReader(bytes), (field, _wire, reader) => {
    if (field === 1) node.inputs.push(reader.string());
    else if (field === 2) node.outputs.push(reader.string());
    else if (field === 3) node.name = reader.string();
    else if (field === 4) node.type = reader.string();
    else if (field === 5) {
      const [name, attribute] = decodeAttribute(reader.bytes(), external);
      node.attributes.set(name, attribute);
    } else if (field === 7) node.domain = reader.string();
    else return false;
    return true;
  });
  if (node.domain === 'ai.onnx') node.domain = '';
  if (node.name === '') node.name = node.outputs[0] ?? '';
  return node;
}

/** The kinds of `AttributeProto.type`; files older than IR version 2 leave it out, and then the field that is set tells. */
const attributeKinds = new Map<number, Attribute['kind']>([
  [1, 'float'],
  [2, 'int'],
  [3, 'string'],
  [4, 'tensor'],
  [6, 'floats'],
  [7, 'ints'],
  [8, 'strings'],
]);

function decodeAttribute(
  bytes: Uint8Array,
  external: ExternalData | undefined,
): [name: string, attribute: Attribute] {
  let name = '';
  let type: number | undefined;
  let last: Attribute['kind'] = 'unsupported';
  let float = 0;
  let int = 0;
  let text = '';
  let tensor: Tensor | undefined;
  const floats: number[] = [];
  const ints: number[] = [];
  const strings: string[] = [];
  const decoder = new TextDecoder();
  eachField(new BinaryReader(bytes), (field, wire, reader) => {
    if (field === 1) name = reader.string();
    else if (field === 2) [float, last] = [reader.float(), 'float'];
    else if (field === 3) [int, last] = [Number(reader.int64()), 'int'];
    else if (field === 4) [text, last] = [decoder.decode(reader.bytes()), 'string'];
    else if (field === 5) [tensor, last] = [decodeTensor(reader.bytes(), external)[1], 'tensor'];
    else if (field === 7) {
      last = 'floats';
      if (wire === WireType.LengthDelimited) {
        const packed = new BinaryReader(reader.bytes());
        while (packed.pos < packed.len) floats.push(packed.float());
      } else floats.push(reader.float());
    } else if (field === 8) {
      last = 'ints';
      readIntegers(reader, wire, ints);
    } else if (field === 9) {
      last = 'strings';
      strings.push(decoder.decode(reader.bytes()));
    } else if (field === 20) type = reader.int32();
    else return false;
    return true;
  });
  switch (type === undefined || type === 0 ? last : (attributeKinds.get(type) ?? 'unsupported')) {
    case 'float':
      return [name, { kind: 'float', value: float }];
    case 'int':
      return [name, { kind: 'int', value: int }];
    case 'string':
      return [name, { kind: 'string', value: text }];
    case 'tensor':
      return [name, tensor ? { kind: 'tensor', value: tensor } : { kind: 'unsupported' }];
    case 'floats':
      return [name, { kind: 'floats', value: floats }];
    case 'ints':
      return [name, { kind: 'ints', value: ints }];
    case 'strings':
      return [name, { kind: 'strings', value: strings }];
    default:
      return [name, { kind: 'unsupported' }];
  }
}

function decodeValueInfo(bytes: Uint8Array): ValueInfo {
  let name = '';
  let type: ValueInfo['type'] = 'unknown';
  let dims: (number | string)[] | null = null;
  eachField(new BinaryReader(bytes), (field, _wire, reader) => {
    if (field === 1) name = reader.string();
    else if (field === 2)
      eachField(new BinaryReader(reader.bytes()), (kind, _kindWire, typeReader) => {
        if (kind !== 1) return false;
        eachField(new BinaryReader(typeReader.bytes()), (part, _partWire, tensorReader) => {
          if (part === 1) type = elementTypeOf(tensorReader.int32()) ?? 'unknown';
          else if (part === 2) dims = decodeDimensions(tensorReader.bytes());
          else return false;
          return true;
        });
        return true;
      });
    else return false;
    return true;
  });
  return { name, type, dims };
}

function decodeDimensions(bytes: Uint8Array): (number | string)[] {
  const dims: (number | string)[] = [];
  eachField(new BinaryReader(bytes), (field, _wire, reader) => {
    if (field !== 1) return false;
    let size: number | string = '?';
    eachField(new BinaryReader(reader.bytes()), (part, _partWire, dimension) => {
      if (part === 1) size = Number(dimension.int64());
      else if (part === 2) size = dimension.string();
      else return false;
      return true;
    });
    dims.push(size);
    return true;
  });
  return dims;
}
