import { availableParallelism } from 'node:os';
import { type Lowerings, loweringPresets } from '../../../stages/lowerings/lowerings.js';
import { otherForms } from '../../../stages/lowerings/other-forms.js';
import type { Model } from '../../../stages/onnx/model.js';
import { resNet, seededWeights, networks as wholeNetworks } from '../../../workers/bench/networks/index.js';
import { type DeviceKind, deviceText, loweringsOf } from '../../../workers/devices/device.js';
import type { Engine } from '../../../workers/engines/engine.js';
import type { Task } from '../plan.js';
import { leftOut, problem } from '../problems.js';
import type { Row, RowOrigin } from '../rows.js';

/** What a part works with, in a process bound to one device and precision. */
export interface PartContext {
  readonly kind: DeviceKind;
  readonly engine: Engine;
  readonly lowerings: Lowerings;
  readonly threads: number;
  readonly task: Task;
  /** How long the part may take; it begins nothing new afterwards. */
  readonly seconds: number;
  /** Reports a row at once, since what comes later may be lost. */
  readonly say: (row: Row) => void;
}

/** Measures one task. */
export type CheckPart = (context: PartContext) => Promise<void>;

export function partContext(
  kind: DeviceKind,
  engine: Engine,
  task: Task,
  seconds: number,
  say: (row: Row) => void,
): PartContext {
  const lowerings = task.preset === null ? loweringsOf(kind, task.precision) : loweringPresets[task.preset];
  return { kind, engine, lowerings, threads: availableParallelism(), task, seconds, say };
}

export const originOf = ({ device, precision }: Task): RowOrigin => ({
  device: deviceText(device),
  precision,
});

/** The forms with one choice made otherwise, by their names. @param choices in the order in which they are wanted; null for all */
export function formsOtherwise(
  usual: Lowerings,
  choices: readonly string[] | null,
): readonly (readonly [form: string, lowerings: Lowerings])[] {
  const all = Object.entries(otherForms(usual));
  return choices?.flatMap((choice) => all.filter(([form]) => form.startsWith(`${choice}:`))) ?? all;
}

/** What can be measured; `tiny` is a network to see whether it runs at all. */
export const networkNames: readonly string[] = [...Object.keys(wholeNetworks), 'tiny'];

/** A network by its name; `tiny` is one to see whether it runs at all. */
export function networkOf({ network }: Task): { readonly name: string; readonly model: Model } {
  const name = network ?? 'tiny';
  const make =
    name === 'tiny'
      ? (weights: ReturnType<typeof seededWeights>) =>
          resNet(weights, { bottleneck: false, depths: [1], width: 8, classes: 10, side: 32 })
      : wholeNetworks[name];
  if (make === undefined)
    throw new RangeError(`--networks names ${JSON.stringify(name)}; there are ${networkNames.join(', ')}`);
  return { name, model: make(seededWeights(1)) };
}

/**
 * Does something for each batch size while the time lasts; where one fails, mostly for want of memory, that is reported
 * and the others are done all the same.
 */
export async function forBatches(
  { task, seconds, say }: PartContext,
  work: (batch: number, seconds: number) => Promise<void>,
): Promise<void> {
  const began = performance.now();
  const of = (batch: number): string =>
    `${task.part} of ${task.network} on ${deviceText(task.device)} in ${task.precision}, batch ${batch}`;
  for (const [index, batch] of task.batches.entries()) {
    const left = seconds - (performance.now() - began) / 1000;
    if (left <= 0) {
      say(leftOut(of(batch)));
      continue;
    }
    try {
      await work(batch, left / (task.batches.length - index));
    } catch (error) {
      say(problem(of(batch), error, false));
    }
  }
}
