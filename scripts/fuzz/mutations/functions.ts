import { WireType } from '@bufbuild/protobuf/wire';
import { type Message, messagesIn, textContent } from '../message-tree.js';
import { type ModelMutation, nameFields, pickMessage, replaceContent, setField } from './mutation.js';
import { attributes } from './values.js';

const functionsIn = (model: Message): Message[] =>
  messagesIn(model).filter(({ kind }) => kind === 'function');

const textOf = (message: Message | undefined, number: number): Uint8Array | undefined => {
  const content = message?.fields.find((field) => field.number === number)?.content;
  return content instanceof Uint8Array ? content : undefined;
};

/** Local functions: called from anywhere, themselves included; with other inputs, attributes that refer to others, and twice. */
export const functionMutations: readonly ModelMutation[] = [
  (model, random) => {
    const functions = functionsIn(model);
    if (functions.length === 0) return;
    const called = random.pick(functions);
    const node = pickMessage(model, random, 'node');
    for (const [from, to] of [
      [1, 4],
      [10, 7],
    ] as const) {
      const content = textOf(called, from);
      if (content) setField(node, to, { wire: WireType.LengthDelimited, content });
    }
  },
  (model, random) => {
    const all = nameFields(model);
    const signature = pickMessage(model, random, 'function')?.fields.filter(
      ({ number }) => number === 4 || number === 5,
    );
    if (signature?.length && all.length > 0) random.pick(signature).content = random.pick(all).content;
  },
  (model, random) =>
    setField(pickMessage(model, random, 'attribute'), 21, textContent(random.pick(attributes))),
  (model, random) => {
    const branch = pickMessage(model, random, 'graph');
    const outputs = branch?.fields.filter(({ number }) => number === 12) ?? [];
    const value = outputs.length > 0 ? random.pick(outputs).content : undefined;
    if (value && !(value instanceof Uint8Array))
      replaceContent(
        value.fields.find(({ number }) => number === 1),
        { wire: WireType.LengthDelimited, content: random.pick(nameFields(model)).content as Uint8Array },
      );
  },
  (model, random) => {
    const functions = model.fields.filter(({ number }) => number === 25);
    if (functions.length > 0) model.fields.push({ ...random.pick(functions) });
  },
];
