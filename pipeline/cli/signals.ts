import { startedByNohup } from './nohup.js';

/** What the first and the second request to stop a command mean. */
export interface StopSignals {
  /** Aborted by the first: end cleanly. */
  readonly stop: AbortSignal;
  /** Aborted by the second: end at once. */
  readonly kill: AbortSignal;
}

/**
 * Runs a task during which SIGINT, SIGTERM and SIGHUP stop the task instead of the process. SIGHUP never kills, as a
 * closing terminal sends several, and means nothing under `nohup`.
 */
export async function withStopSignals<T>(task: (signals: StopSignals) => Promise<T>): Promise<T> {
  const survivesHangUp = await startedByNohup();
  const stop = new AbortController();
  const kill = new AbortController();
  const onSignal = (): void => (stop.signal.aborted ? kill : stop).abort();
  const onHangUp = (): void => {
    if (!survivesHangUp) stop.abort();
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  process.on('SIGHUP', onHangUp);
  try {
    return await task({ stop: stop.signal, kill: kill.signal });
  } finally {
    process.off('SIGINT', onSignal);
    process.off('SIGTERM', onSignal);
    process.off('SIGHUP', onHangUp);
  }
}
