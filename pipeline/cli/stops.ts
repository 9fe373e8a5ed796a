import { writeSync } from 'node:fs';
import { cannotBeLoaded } from '../processes/own-files.js';
import { watchTerminals } from './closed-terminal.js';
import { exitCodes } from './exit-codes.js';
import { startedByNohup } from './nohup.js';

/**
 * The signals that ask a command to end. SIGUSR2 is what schedulers send some time before the others: what can end by
 * finishing what it is at does that.
 */
export type StopSignal = 'SIGINT' | 'SIGTERM' | 'SIGHUP' | 'SIGUSR2';

/** Decides what a signal does to this process. */
export interface Stops {
  /**
   * Takes over what a signal does, from whoever had it.
   * @returns gives it back
   */
  handle(onStop: (signal: StopSignal) => void): () => void;
  /** Ends this process, whatever still runs in it. */
  end(exitCode: number): never;
}

/**
 * Catches SIGINT, SIGTERM, SIGHUP and SIGUSR2 for the rest of this process's life; to be called before anything large is
 * loaded, so that a signal meanwhile has its exit code too. Until somebody takes them over they end the process.
 * SIGHUP means nothing under `nohup`. Loads nothing but modules of Node.js.
 */
export function catchStops(program: string): Stops {
  const releaseTerminals = watchTerminals();
  const end = (exitCode: number): never => {
    releaseTerminals();
    process.exit(exitCode);
  };
  let current = (signal: StopSignal): void => {
    sayLast(`${program}: ${beganNothing(signal)}\n`);
    end(exitCodes.interrupted);
  };
  const survivesHangUp = startedByNohup();
  process.on('SIGINT', () => current('SIGINT'));
  process.on('SIGTERM', () => current('SIGTERM'));
  process.on('SIGUSR2', () => current('SIGUSR2'));
  process.on('SIGHUP', () => {
    if (!survivesHangUp) current('SIGHUP');
  });
  return {
    handle(onStop) {
      const before = current;
      current = onStop;
      return () => {
        current = before;
      };
    },
    end,
  };
}

function beganNothing(signal: StopSignal): string {
  return `stopped by ${signal} before anything was done; give the same command again`;
}

/** Writes a line to standard error at once, if anybody reads it: the process is about to end. */
export function sayLast(line: string): void {
  try {
    writeSync(2, line);
  } catch {
    // Nobody reads it, or a full pipe would block.
  }
}

/** Says in one line that a program's own files could not be loaded, as where too few files may be open. */
export function failedToLoad(program: string): (error: unknown) => number {
  return (error) => {
    sayLast(`${program}: its own files ${cannotBeLoaded(error)}\n`);
    return 1;
  };
}

/** For command lines that run without any signal handling, as in tests. */
export const neverStopped: Stops = {
  handle: () => () => {},
  end: (exitCode) => process.exit(exitCode),
};
