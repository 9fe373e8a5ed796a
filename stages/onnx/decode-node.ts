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

/** An `AttributeProto` whose value has not been read. */
export interface AttributeShell {
  readonly name: string;
  /** The attribute of the local function around it whose value it has; empty for one of its own. */
  readonly reference: string;
  readonly bytes: Uint8Array;
}

/** A `NodeProto` whose attributes have not been read. */
export interface NodeShell {
  readonly node: Omit<Node, 'attributes'>;
  /** Which of several local functions of one name it calls. */
  readonly overload: string;
  readonly attributes: readonly AttributeShell[];
}

/** Reads what a node is and what it reads and makes. */
export function decodeNodeShell(bytes: Uint8Array): NodeShell {
  const node = { name: '', type: '', domain: '', inputs: [] as string[], outputs: [] as string[] };
  const attributes: AttributeShell[] = [];
  let overload = '';
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
      attributes.push(decodeAttributeShell(attribute));
    }),
    7: textField((domain) => {
      node.domain = standardName(domain);
    }),
    8: textField((name) => {
      overload = name;
    }),
  });
  if (node.name === '') node.name = node.outputs[0] ?? '';
  return { node, overload, attributes };
}

/** The standard operator set has two names. */
export const standardName = (domain: string): string => (domain === 'ai.onnx' ? '' : domain);

/** Reads what an attribute is called. */
export function decodeAttributeShell(bytes: Uint8Array): AttributeShell {
  let [name, reference] = ['', ''];
  readMessage(bytes, {
    1: textField((text) => {
      name = text;
    }),
    21: textField((text) => {
      reference = text;
    }),
  });
  return { name, reference, bytes };
}

/** Bytes of tensors that nodes of unfolded functions may have in common with others: each may come to stand for itself. */
const mostRepeated = 2 ** 28;

/** Reads the attributes of nodes, each once, however many nodes of unfolded functions have it. */
export class AttributeReader {
  readonly #external: ExternalData | undefined;
  readonly #known = new Map<Uint8Array, Attribute>();
  #repeated = 0;

  constructor(external: ExternalData | undefined) {
    this.#external = external;
  }

  read(bytes: Uint8Array): Attribute {
    const known = this.#known.get(bytes);
    if (known?.kind === 'tensor') this.#repeated += known.value.data.byteLength;
    if (this.#repeated > mostRepeated)
      throw new ModelError(
        `the local functions of the model repeat constants of more than ${mostRepeated} bytes; export the model without functions`,
      );
    const attribute = known ?? decodeAttribute(bytes, this.#external);
    this.#known.set(bytes, attribute);
    return attribute;
  }
}

/** The node with its attributes. */
export function decodeAttributes({ node, attributes }: NodeShell, reader: AttributeReader): Node {
  const decoded = new Map<string, Attribute>();
  for (const { name, reference, bytes } of attributes) {
    const attribute: Attribute = reference === '' ? reader.read(bytes) : { kind: 'unsupported' };
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

function decodeAttribute(bytes: Uint8Array, external: ExternalData | undefined): Attribute {
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
  return attributeOf(kind, { float, int, text, floats, ints, strings }, () => tensorIn(tensor, external));
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
