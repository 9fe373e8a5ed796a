import { AsyncLocalStorage } from 'node:async_hooks';

/** Told of every named step before it is taken; what it returns is awaited, so that it may hold or end the process. */
export type StepListener = (name: string) => Promise<void> | void;

let everywhere: StepListener | undefined;
const here = new AsyncLocalStorage<StepListener>();

/**
 * A moment at which what is on disk changes or is looked at, by name. Does nothing unless a harness listens, which
 * may hold a process there, interleave it with others, or kill it.
 */
export async function step(name: string): Promise<void> {
  const listener = here.getStore() ?? everywhere;
  if (listener !== undefined) await listener(name);
}

/** Listens to all steps of this thread. */
export function listenToSteps(listener: StepListener | undefined): void {
  everywhere = listener;
}

/** Runs a task whose steps only `listener` hears, whatever else goes on beside it. */
export function withSteps<T>(listener: StepListener, task: () => Promise<T>): Promise<T> {
  return here.run(listener, task);
}
