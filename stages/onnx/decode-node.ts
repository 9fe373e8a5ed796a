import { WireType } from '@bufbuild/protobuf/wire';
import { ModelError } from '../errors.js';
import { shown } from '../shown.js';
import { decodeTensor, type ExternalData } from './decode-tensor.js';
import type { Attribute, Node, Tensor } from './model.js';
import {
  bytesField,
  floatField,
  integerField,
  integersField,
  readMessage,
  repeatedField,
  textField,
} from './wire.js';

/** A `NodeProto` whose attributes have not been read. */
export interface NodeShell {
  readonly node: Omit<Node, 'attributes'>;
  readonly attributes: readonly Uint8Array[];
}

/** Reads what a node is and what it reads and makes. */
export function decodeNodeShell(bytes: Uint8Array): NodeShell {
  const node = { name: '', type: '', domain: '', inputs: [] as string[], outputs: [] as string[] };
  const attributes: Uint8Array[] = [];
  readMessage(bytes, {
    1: textField((name) => {
      node.inputs.push(name);
    }),
    2: textField((name) => {
      node.outputs.push(name);
    }),
    3: textField((name) => {
      node.name = name;
    }),
    4: textField((type) => {
      node.type = type;
    }),
    5: bytesField((attribute) => {
      attributes.push(attribute);
    }),
    7: textField((domain) => {
      node.domain = domain === 'ai.onnx' ? '' : domain;
    }),
  });
  if (node.name === '') node.name = node.outputs[0] ?? '';
  return { node, attributes };
}

/** The node with its attributes. */
export function decodeAttributes({ node, attributes }: NodeShell, external: ExternalData | undefined): Node {
  const decoded = new Map<string, Attribute>();
  for (const bytes of attributes) {
    const [name, attribute] = decodeAttribute(bytes, external);
    if (decoded.has(name))
      throw new ModelError(
        `operation ${shown(node.type)}, node ${shown(node.name)}: attribute ${shown(name)} is there twice; the file is damaged`,
      );
    decoded.set(name, attribute);
  }
  return { ...node, attributes: decoded };
}

/** The kinds of `AttributeProto.type`; files older than IR version 2 leave it out, and then the field that is set tells. */
const attributeKinds: ReadonlyMap<number, Attribute['kind']> = new Map([
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
  let type = 0;
  let last: Attribute['kind'] = 'unsupported';
  let float = 0;
  let int = 0;
  let text = '';
  let tensor: Uint8Array | undefined;
  const floats: number[] = [];
  const ints: number[] = [];
  const strings: string[] = [];
  // Text of attributes is bytes in ONNX: what is not UTF-8 is no text that any rule knows.
  const decoder = new TextDecoder();
  const is = (kind: Attribute['kind']): void => {
    last = kind;
  };
  readMessage(bytes, {
    1: textField((value) => {
      name = value;
    }),
    2: floatField((value) => {
      float = value;
      is('float');
    }),
    3: integerField((value) => {
      int = value;
      is('int');
    }),
    4: bytesField((value) => {
      text = decoder.decode(value);
      is('string');
    }),
    5: bytesField((value) => {
      tensor = value;
      is('tensor');
    }),
    7: repeatedField(WireType.Bit32, (reader) => {
      floats.push(reader.float());
      is('floats');
    }),
    8: (reader, wire) => {
      is('ints');
      return integersField(ints)(reader, wire);
    },
    9: bytesField((value) => {
      strings.push(decoder.decode(value));
      is('strings');
    }),
    20: integerField((value) => {
      type = value;
    }),
  });
  const said = type === 0 ? last : (attributeKinds.get(type) ?? 'unsupported');
  // One whose type and value contradict each other has neither.
  const kind = last === 'unsupported' || last === said ? said : 'unsupported';
  return [
    name,
    attributeOf(kind, { float, int, text, floats, ints, strings }, () => tensorIn(tensor, external)),
  ];
}

interface AttributeValues {
  readonly float: number;
  readonly int: number;
  readonly text: string;
  readonly floats: readonly number[];
  readonly ints: readonly number[];
  readonly strings: readonly string[];
}

function attributeOf(
  kind: Attribute['kind'],
  { float, int, text, floats, ints, strings }: AttributeValues,
  tensor: () => Tensor | null,
): Attribute {
  switch (kind) {
    case 'float':
      return { kind, value: float };
    case 'int':
      return { kind, value: int };
    case 'string':
      return { kind, value: text };
    case 'floats':
      return { kind, value: floats };
    case 'ints':
      return { kind, value: ints };
    case 'strings':
      return { kind, value: strings };
    case 'tensor': {
      const value = tensor();
      return value ? { kind, value } : { kind: 'unsupported' };
    }
    case 'unsupported':
      return { kind };
  }
}

function tensorIn(bytes: Uint8Array | undefined, external: ExternalData | undefined): Tensor | null {
  return bytes === undefined ? null : decodeTensor(bytes, external)[1];
}
