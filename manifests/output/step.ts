import { AsyncLocalStorage } from 'node:async_hooks';

const listening = Symbol.for('grodin: listens to steps');

/** Told of every named step before it is taken; what it returns is awaited, so that it may hold or end the process. */
export type StepListener = (name: string) => Promise<void> | void;

/** Of all copies of this module in this thread: a program and a harness that is loaded before it have one each. */
const shared: { [listening]?: StepListener | undefined } = globalThis as object;
const here = new AsyncLocalStorage<StepListener>();

/**
 * A moment at which what is on disk changes or is looked at, by name. Does nothing unless a harness listens, which
 * may hold a process there, interleave it with others, or kill it.
 */
export async function step(name: string): Promise<void> {
  const listener = here.getStore() ?? shared[listening];
  if (listener !== undefined) await listener(name);
}

/** Listens to all steps of this thread. */
export function listenToSteps(listener: StepListener | undefined): void {
  shared[listening] = listener;
}

/** Runs a task whose steps only `listener` hears, whatever else goes on beside it. */
export function withSteps<T>(listener: StepListener, task: () => Promise<T>): Promise<T> {
  return here.run(listener, task);
}
