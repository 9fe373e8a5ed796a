import { type Message, type MessageField, messagesIn } from '../message-tree.js';
import type { SeededRandom } from '../seeded-random.js';

/** Changes a model in one place, or leaves it where there is no such place. */
export type ModelMutation = (model: Message, random: SeededRandom) => void;

/** What is written after a field's tag. */
export type Content = Pick<MessageField, 'wire' | 'content'>;

/** The fields by which a model names tensors. */
export function nameFields(model: Message): MessageField[] {
  return messagesIn(model).flatMap(({ kind, fields }) =>
    fields.filter(
      ({ number }) =>
        (kind === 'node' && number <= 2) ||
        (kind === 'function' && (number === 4 || number === 5)) ||
        (kind === 'tensor' && number === 8) ||
        (kind === 'value' && number === 1),
    ),
  );
}

/** A random message of one of the given kinds; null where the model has none. */
export function pickMessage(
  model: Message,
  random: SeededRandom,
  ...kinds: readonly Message['kind'][]
): Message | null {
  const found = messagesIn(model).filter(({ kind }) => kinds.includes(kind));
  return found.length === 0 ? null : random.pick(found);
}

export function replaceContent(field: MessageField | undefined, content: Content): void {
  if (field) Object.assign(field, content);
}

/** Sets a field that is there once. */
export function setField(message: Message | null, number: number, content: Content): void {
  const field = message?.fields.find((one) => one.number === number);
  if (field) replaceContent(field, content);
  else message?.fields.push({ number, ...content });
}

/** A graph or local function, and where its nodes are among its fields. */
export function nodesOf(
  model: Message,
  random: SeededRandom,
): { readonly graph: Message; readonly at: readonly number[] } | null {
  const graph = pickMessage(model, random, 'graph', 'function');
  if (!graph) return null;
  const nodes = graph.kind === 'graph' ? 1 : 7;
  return { graph, at: graph.fields.flatMap(({ number }, index) => (number === nodes ? [index] : [])) };
}
