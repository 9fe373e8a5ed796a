import { WireType } from '@bufbuild/protobuf/wire';
import { type Field, text } from '../message-tree.js';
import { type Mutation, names, nodesOf, oneOf, replace, set } from './mutation.js';
import { operations, words } from './values.js';

/** Nodes: gone, in another order, of another operation; one tensor in place of another, one more, one less; a node put in between. */
export const nodeMutations: readonly Mutation[] = [
  (model, random) => {
    const found = nodesOf(model);
    if (found?.at.length) found.graph.fields.splice(random.pick(found.at), 1);
  },
  (model, random) => {
    const found = nodesOf(model);
    if (!found || found.at.length < 2) return;
    const [from, to] = [random.pick(found.at), random.pick(found.at)];
    const [moved] = found.graph.fields.splice(from, 1);
    if (moved) found.graph.fields.splice(to, 0, moved);
  },
  (model, random) => set(oneOf(model, random, 'node'), 4, text(random.pick(operations))),
  (model, random) => set(oneOf(model, random, 'node'), 7, text(random.pick(words))),
  (model, random) => {
    const all = names(model);
    if (all.length > 0) random.pick(all).content = random.pick(all).content;
  },
  (model, random) => {
    const all = names(model);
    if (all.length === 0) return;
    const { content } = random.pick(all);
    const number = random.chance(0.8) ? 1 : 2;
    oneOf(model, random, 'node')?.fields.push({ number, wire: WireType.LengthDelimited, content });
  },
  (model, random) => {
    const node = oneOf(model, random, 'node');
    const inputs = node?.fields.filter(({ number }) => number <= 2) ?? [];
    if (inputs.length > 0) replace(random.pick(inputs), text(random.chance(0.5) ? '' : random.pick(words)));
  },
  (model, random) => {
    const found = nodesOf(model);
    const all = names(model);
    if (!found?.at.length || all.length === 0) return;
    const at = random.pick(found.at);
    const reader = found.graph.fields[at]?.content;
    if (reader instanceof Uint8Array) return;
    const input = reader?.fields.find(({ number }) => number === 1);
    if (!input) return;
    const fields: Field[] = [
      { number: 1, wire: WireType.LengthDelimited, content: input.content },
      ...(random.chance(0.4)
        ? [{ number: 1, wire: WireType.LengthDelimited, content: random.pick(all).content }]
        : []),
      { number: 2, ...text('between') },
      { number: 4, ...text(random.pick(operations)) },
    ];
    found.graph.fields.splice(at, 0, {
      number: 1,
      wire: WireType.LengthDelimited,
      content: { kind: 'node', fields },
    });
    replace(input, text('between'));
  },
];
