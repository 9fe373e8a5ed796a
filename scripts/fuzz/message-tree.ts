import { BinaryReader, BinaryWriter, WireType } from '@bufbuild/protobuf/wire';

/** The messages of an ONNX file, by the numbers of the fields that hold other messages. */
const messages = {
  model: { 7: 'graph', 8: 'entry', 14: 'entry', 25: 'function' },
  function: { 7: 'node', 9: 'entry', 11: 'attribute' },
  graph: { 1: 'node', 5: 'tensor', 11: 'value', 12: 'value' },
  node: { 5: 'attribute' },
  attribute: { 5: 'tensor', 6: 'graph' },
  tensor: { 13: 'entry' },
  value: { 2: 'type' },
  type: { 1: 'tensorType' },
  tensorType: { 2: 'shape' },
  shape: { 1: 'dimension' },
  dimension: {},
  entry: {},
} as const satisfies Record<string, Readonly<Record<number, string>>>;

export type MessageKind = keyof typeof messages;

/** One message, to be changed in place. */
export interface Message {
  readonly kind: MessageKind;
  fields: MessageField[];
}

/** One field: a message, or what is written after its tag. */
export interface MessageField {
  number: number;
  wire: WireType;
  content: Message | Uint8Array;
}

/** Takes a file apart, field by field. @throws Error where it is no message */
export function parseMessage(bytes: Uint8Array, kind: MessageKind = 'model'): Message {
  const reader = new BinaryReader(bytes);
  const inner: Readonly<Record<number, MessageKind>> = messages[kind];
  const fields: MessageField[] = [];
  while (reader.pos < reader.len) {
    const [number, wire] = reader.tag();
    const within = inner[number];
    const content =
      wire === WireType.LengthDelimited && within !== undefined
        ? parseMessage(reader.bytes(), within)
        : wire === WireType.LengthDelimited
          ? reader.bytes().slice()
          : reader.skip(wire, number).slice();
    fields.push({ number, wire, content });
  }
  return { kind, fields };
}

/** Puts it together again, whatever it says. */
export function writeMessage(message: Message): Uint8Array {
  const writer = new BinaryWriter();
  for (const { number, wire, content } of message.fields) {
    writer.tag(number, wire);
    const bytes = content instanceof Uint8Array ? content : writeMessage(content);
    if (wire === WireType.LengthDelimited) writer.bytes(bytes);
    else writer.raw(bytes);
  }
  return writer.finish();
}

/** Every message of a tree, itself included. */
export function messagesIn(message: Message): Message[] {
  const all = [message];
  for (let at = 0; at < all.length; at++)
    for (const { content } of all[at]?.fields ?? []) if (!(content instanceof Uint8Array)) all.push(content);
  return all;
}

export function integerContent(value: number | bigint): Pick<MessageField, 'wire' | 'content'> {
  const writer = new BinaryWriter();
  writer.int64(value);
  return { wire: WireType.Varint, content: writer.finish() };
}

export function textContent(value: string): Pick<MessageField, 'wire' | 'content'> {
  return { wire: WireType.LengthDelimited, content: new TextEncoder().encode(value) };
}

export function floatContent(value: number): Pick<MessageField, 'wire' | 'content'> {
  return { wire: WireType.Bit32, content: new Uint8Array(Float32Array.of(value).buffer) };
}
