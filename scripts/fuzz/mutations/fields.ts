import { WireType } from '@bufbuild/protobuf/wire';
import { floatContent, messagesIn, textContent } from '../message-tree.js';
import { type ModelMutation, replaceContent } from './mutation.js';
import { anIntegerField, floatValues, words } from './values.js';

/** Any field of any message: another number, another word, gone, twice, of another number. */
export const fieldMutations: readonly ModelMutation[] = [
  (model, random) => {
    const message = random.pick(messagesIn(model));
    const field = message.fields[random.below(message.fields.length || 1)];
    if (field?.wire === WireType.Varint) replaceContent(field, anIntegerField(random));
    else if (field?.wire === WireType.Bit32) replaceContent(field, floatContent(random.pick(floatValues)));
    else if (field?.content instanceof Uint8Array) replaceContent(field, textContent(random.pick(words)));
  },
  (model, random) => {
    const message = random.pick(messagesIn(model));
    message.fields.splice(random.below(message.fields.length || 1), 1);
  },
  (model, random) => {
    const message = random.pick(messagesIn(model));
    const field = message.fields[random.below(message.fields.length || 1)];
    if (field) message.fields.splice(random.below(message.fields.length), 0, { ...field });
  },
  (model, random) => {
    const message = random.pick(messagesIn(model));
    const field = message.fields[random.below(message.fields.length || 1)];
    if (field) field.number = 1 + random.below(25);
  },
];
