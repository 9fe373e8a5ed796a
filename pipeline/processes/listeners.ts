/**
 * What a caller gave to be told by, as it may be called from anywhere: what it throws, or rejects with, is no error of whoever
 * calls it, but the reason that `failed` is aborted with, and it is told nothing more.
 */
export function guarded<What>(
  listener: ((what: What) => void) | undefined,
  failed: AbortController,
): (what: What) => void {
  const fail = (error: unknown): void => failed.abort(error);
  return (what) => {
    if (failed.signal.aborted) return;
    try {
      const answer: unknown = listener?.(what);
      // Also of a promise of another library, or realm.
      Promise.resolve(answer).catch(fail);
    } catch (error) {
      fail(error);
    }
  };
}

/** Whichever of several signals comes first. */
export function anyOf(...signals: readonly (AbortSignal | undefined)[]): AbortSignal {
  return AbortSignal.any(signals.filter((signal) => signal !== undefined));
}
