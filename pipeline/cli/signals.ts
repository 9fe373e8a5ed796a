/** What the first and the second SIGINT or SIGTERM of a command mean. */
export interface StopSignals {
  /** Aborted by the first: end cleanly. */
  readonly stop: AbortSignal;
  /** Aborted by the second: end at once. */
  readonly kill: AbortSignal;
}

/** Runs a task during which SIGINT and SIGTERM stop the task instead of the process. */
export async function withStopSignals<T>(task: (signals: StopSignals) => Promise<T>): Promise<T> {
  const stop = new AbortController();
  const kill = new AbortController();
  const onSignal = (): void => (stop.signal.aborted ? kill : stop).abort();
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  try {
    return await task({ stop: stop.signal, kill: kill.signal });
  } finally {
    process.off('SIGINT', onSignal);
    process.off('SIGTERM', onSignal);
  }
}
