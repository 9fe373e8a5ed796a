import { WireType } from '@bufbuild/protobuf/wire';
import { float, messagesIn, text } from '../message-tree.js';
import { type Mutation, replace } from './mutation.js';
import { anIntegerField, floats, words } from './values.js';

/** Any field of any message: another number, another word, gone, twice, of another number. */
export const fieldMutations: readonly Mutation[] = [
  (model, random) => {
    const message = random.pick(messagesIn(model));
    const field = message.fields[random.below(message.fields.length || 1)];
    if (field?.wire === WireType.Varint) replace(field, anIntegerField(random));
    else if (field?.wire === WireType.Bit32) replace(field, float(random.pick(floats)));
    else if (field?.content instanceof Uint8Array) replace(field, text(random.pick(words)));
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
