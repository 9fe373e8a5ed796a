import type { Node } from '../onnx/model.js';
import { readersOf } from '../onnx/wiring.js';

/** Slots in which floating-point numbers say how a node computes, by type. */
const settingSlots: Readonly<Record<string, readonly number[]>> = { Clip: [1, 2], Pow: [1], Resize: [1, 2] };

/**
 * The tensors that nothing but settings is made of, such as exponents, bounds and the scales of a Resize: no parameters,
 * whatever they look like.
 * @param nodes in order
 */
export function settingsOf(nodes: readonly Node[]): ReadonlySet<string> {
  const settings = new Set<string>();
  if (!nodes.some(({ type }) => Object.hasOwn(settingSlots, type))) return settings;
  const readers = readersOf(nodes);
  const isSetting = (name: string): boolean =>
    readers.get(name)?.every((reader) => readsAsSetting(reader, name, settings)) === true;
  for (const { inputs } of nodes.toReversed())
    for (const name of inputs) if (isSetting(name)) settings.add(name);
  return settings;
}

function readsAsSetting(
  { type, domain, inputs, outputs }: Node,
  name: string,
  settings: ReadonlySet<string>,
): boolean {
  if (outputs.every((output) => settings.has(output))) return true;
  const slots = domain === '' && Object.hasOwn(settingSlots, type) ? (settingSlots[type] ?? []) : [];
  return inputs.every((input, slot) => input !== name || slots.includes(slot));
}
