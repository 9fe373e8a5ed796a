import { WireType } from '@bufbuild/protobuf/wire';
import { type MessageField, textContent } from '../message-tree.js';
import {
  type ModelMutation,
  nameFields,
  nodesOf,
  pickMessage,
  replaceContent,
  setField,
} from './mutation.js';
import { operationTypes, words } from './values.js';

/** Nodes: gone, in another order, of another operation; one tensor in place of another, one more, one less; a node put in between. */
export const nodeMutations: readonly ModelMutation[] = [
  (model, random) => {
    const found = nodesOf(model, random);
    if (found?.at.length) found.graph.fields.splice(random.pick(found.at), 1);
  },
  (model, random) => {
    const found = nodesOf(model, random);
    if (!found || found.at.length < 2) return;
    const [from, to] = [random.pick(found.at), random.pick(found.at)];
    const [moved] = found.graph.fields.splice(from, 1);
    if (moved) found.graph.fields.splice(to, 0, moved);
  },
  (model, random) =>
    setField(pickMessage(model, random, 'node'), 4, textContent(random.pick(operationTypes))),
  (model, random) => setField(pickMessage(model, random, 'node'), 7, textContent(random.pick(words))),
  (model, random) => {
    const all = nameFields(model);
    if (all.length > 0) random.pick(all).content = random.pick(all).content;
  },
  (model, random) => {
    const all = nameFields(model);
    if (all.length === 0) return;
    const { content } = random.pick(all);
    const number = random.chance(0.8) ? 1 : 2;
    pickMessage(model, random, 'node')?.fields.push({ number, wire: WireType.LengthDelimited, content });
  },
  (model, random) => {
    const node = pickMessage(model, random, 'node');
    const inputs = node?.fields.filter(({ number }) => number <= 2) ?? [];
    if (inputs.length > 0)
      replaceContent(random.pick(inputs), textContent(random.chance(0.5) ? '' : random.pick(words)));
  },
  (model, random) => {
    const found = nodesOf(model, random);
    const all = nameFields(model);
    if (!found?.at.length || all.length === 0) return;
    const at = random.pick(found.at);
    const reader = found.graph.fields[at]?.content;
    if (reader instanceof Uint8Array) return;
    const input = reader?.fields.find(({ number }) => number === 1);
    if (!input) return;
    const fields: MessageField[] = [
      { number: 1, wire: WireType.LengthDelimited, content: input.content },
      ...(random.chance(0.4)
        ? [{ number: 1, wire: WireType.LengthDelimited, content: random.pick(all).content }]
        : []),
      { number: 2, ...textContent('between') },
      { number: 4, ...textContent(random.pick(operationTypes)) },
    ];
    found.graph.fields.splice(at, 0, {
      number: found.graph.kind === 'graph' ? 1 : 7,
      wire: WireType.LengthDelimited,
      content: { kind: 'node', fields },
    });
    replaceContent(input, textContent('between'));
  },
];
