import '../../workers/engines/no-telemetry.js';
import { isGone, removeUnfinished } from '../../manifests/output/left-behind.js';
import { commandsFor } from './commands/all.js';
import { runProgram } from './program.js';
import { type StandardStreams, standardStreams } from './standard-streams.js';
import type { Stops } from './stops.js';

/**
 * Runs a command line in this process.
 * @param streams where its results and notes go @returns the exit code
 */
export async function runHere(
  args: readonly string[],
  stops: Stops,
  streams: StandardStreams = standardStreams(),
): Promise<number> {
  const folders = new Set<string>();
  const exitCode = await runProgram(args, await commandsFor(args), {
    ...streams,
    env: process.env,
    terminal: process.stderr.isTTY,
    stops,
    writesIn: (folder) => void folders.add(folder),
  });
  const lastCode = await streams.end(exitCode);
  // Of this process, should it have been stopped while it wrote, and of those that it started. Last of all, since what was stopped
  // goes on writing while anything is waited for.
  removeUnfinished(folders, (pid) => pid === process.pid || isGone(pid));
  return lastCode;
}
