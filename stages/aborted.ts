import { InterruptedError } from './errors.js';

/**
 * Stops work whose caller has aborted it.
 * @throws InterruptedError whose cause is the signal's reason
 */
export function stopIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new InterruptedError('stopped, since it was aborted', { cause: signal.reason });
}
