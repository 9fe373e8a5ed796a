import type { Node } from '../onnx/model.js';
import { readersOf } from '../onnx/wiring.js';

type SettingSlots = Readonly<Record<string, readonly number[]>>;

/** Slots in which floating-point numbers say how a node computes, and can't be learnt, by type. */
const fixedSlots: SettingSlots = { OneHot: [2], Resize: [1, 2] };

/** The same with slots of bounds and exponents, which some networks learn. */
const settingSlots: SettingSlots = { ...fixedSlots, Clip: [1, 2], Pow: [1] };

/** The tensors that nothing but settings is made of. */
export interface Settings {
  /** Exponents, bounds, the scales of a Resize and the numbers of a OneHot: no parameters, unless the file names them as a module's. */
  readonly all: ReadonlySet<string>;
  /** Those that are no parameters, whatever they are called. */
  readonly fixed: ReadonlySet<string>;
}

/** @param nodes in order */
export function settingsOf(nodes: readonly Node[]): Settings {
  return { all: readAs(settingSlots, nodes), fixed: readAs(fixedSlots, nodes) };
}

function readAs(slotsOf: SettingSlots, nodes: readonly Node[]): ReadonlySet<string> {
  const settings = new Set<string>();
  if (!nodes.some(({ type }) => Object.hasOwn(slotsOf, type))) return settings;
  const readers = readersOf(nodes);
  const isSetting = (name: string): boolean =>
    readers.get(name)?.every((reader) => readsAsSetting(reader, name, settings, slotsOf)) === true;
  for (const { inputs } of nodes.toReversed())
    for (const name of inputs) if (isSetting(name)) settings.add(name);
  return settings;
}

function readsAsSetting(
  { type, domain, inputs, outputs }: Node,
  name: string,
  settings: ReadonlySet<string>,
  slotsOf: SettingSlots,
): boolean {
  if (outputs.every((output) => settings.has(output))) return true;
  const slots = domain === '' && Object.hasOwn(slotsOf, type) ? (slotsOf[type] ?? []) : [];
  return inputs.every((input, slot) => input !== name || slots.includes(slot));
}
