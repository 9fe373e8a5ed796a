import { WireType } from '@bufbuild/protobuf/wire';
import { integerContent, type Message, textContent } from '../message-tree.js';
import { type ModelMutation, pickMessage, replaceContent, setField } from './mutation.js';
import { anInteger, anIntegerField, floatValues, smallSizes, words } from './values.js';

/** Tensors: another shape with as many values or without, another type, values that are none, values elsewhere. */
export const tensorMutations: readonly ModelMutation[] = [
  (model, random) => {
    const tensor = pickMessage(model, random, 'tensor');
    const raw = tensor?.fields.find(({ number }) => number === 9);
    if (!tensor || !(raw?.content instanceof Uint8Array)) return;
    const dims = Array.from({ length: random.below(6) }, () => random.pick(smallSizes));
    const isInteger = tensor.fields.some(
      ({ number, content }) => number === 2 && content instanceof Uint8Array && content[0] === 7,
    );
    const bytes = dims.reduce((product, size) => product * size, isInteger ? 8 : 4);
    const { content } = raw;
    tensor.fields = tensor.fields.filter(({ number }) => number !== 1);
    for (const size of dims) tensor.fields.push({ number: 1, ...integerContent(size) });
    raw.content = new Uint8Array(bytes).map((_, at) => content[at % (content.length || 1)] ?? 0);
  },
  (model, random) => {
    const dims =
      pickMessage(model, random, 'tensor', 'dimension')?.fields.filter(({ number }) => number === 1) ?? [];
    if (dims.length > 0) replaceContent(random.pick(dims), anIntegerField(random));
  },
  (model, random) =>
    setField(
      pickMessage(model, random, 'tensor', 'tensorType'),
      random.chance(0.5) ? 2 : 1,
      integerContent(random.below(26)),
    ),
  (model, random) => {
    const raw = pickMessage(model, random, 'tensor')?.fields.find(({ number }) => number === 9);
    if (!(raw?.content instanceof Uint8Array)) return;
    if (random.chance(0.5)) raw.content = raw.content.subarray(0, random.below(raw.content.length + 1));
    else if (raw.content.length >= 4) {
      const at = 4 * random.below(Math.floor(raw.content.length / 4));
      raw.content.set(new Uint8Array(Float32Array.of(random.pick(floatValues)).buffer), at);
    }
  },
  (model, random) => {
    const raw = pickMessage(model, random, 'tensor')?.fields.find(({ number }) => number === 9);
    if (!(raw?.content instanceof Uint8Array) || raw.content.length < 8) return;
    const at = 8 * random.below(Math.floor(raw.content.length / 8));
    const value = BigInt(anInteger(random));
    raw.content.set(new Uint8Array(BigInt64Array.of(value).buffer), at);
  },
  (model, random) => {
    const tensor = pickMessage(model, random, 'tensor');
    if (!tensor) return;
    for (const key of ['location', 'offset', 'length'])
      if (random.chance(0.8)) {
        const value = random.chance(0.5)
          ? random.pick(words)
          : key === 'location'
            ? 'weights.data'
            : String(anInteger(random));
        const entry: Message = {
          kind: 'entry',
          fields: [
            { number: 1, ...textContent(key) },
            { number: 2, ...textContent(value) },
          ],
        };
        tensor.fields.push({ number: 13, wire: WireType.LengthDelimited, content: entry });
      }
    setField(tensor, 14, integerContent(1));
  },
];
