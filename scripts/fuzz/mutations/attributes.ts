import { WireType } from '@bufbuild/protobuf/wire';
import { floatContent, integerContent, type Message, textContent } from '../message-tree.js';
import { type ModelMutation, pickMessage, replaceContent, setField } from './mutation.js';
import { anIntegerField, attributes, floatValues, words } from './values.js';

/** Attributes: new ones of any kind, others of another type, their numbers. */
export const attributeMutations: readonly ModelMutation[] = [
  (model, random) => {
    const attribute: Message = {
      kind: 'attribute',
      fields: [{ number: 1, ...textContent(random.pick(attributes)) }],
    };
    const kind = random.pick([2, 3, 4, 7, 8, 9, 5, 6]);
    const count = kind >= 7 ? random.below(6) : 1;
    for (let index = 0; index < count; index++)
      attribute.fields.push(
        kind === 2 || kind === 7
          ? { number: kind, ...floatContent(random.pick(floatValues)) }
          : kind === 3 || kind === 8
            ? { number: kind, ...anIntegerField(random) }
            : { number: kind, ...textContent(random.pick(words)) },
      );
    const types: Readonly<Record<number, number>> = { 2: 1, 3: 2, 4: 3, 5: 4, 6: 5, 7: 6, 8: 7, 9: 8 };
    attribute.fields.push({
      number: 20,
      ...integerContent(random.chance(0.9) ? (types[kind] ?? 0) : random.below(16)),
    });
    const node = pickMessage(model, random, 'node');
    node?.fields.push({ number: 5, wire: WireType.LengthDelimited, content: attribute });
  },
  (model, random) => {
    const attribute = pickMessage(model, random, 'attribute');
    const values = attribute?.fields.filter(({ wire }) => wire !== WireType.LengthDelimited) ?? [];
    const field = values.length > 0 ? random.pick(values) : undefined;
    if (field?.wire === WireType.Varint) replaceContent(field, anIntegerField(random));
    else if (field) replaceContent(field, floatContent(random.pick(floatValues)));
  },
  (model, random) =>
    setField(pickMessage(model, random, 'attribute'), 1, textContent(random.pick(attributes))),
];
