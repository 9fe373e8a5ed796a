import '../../workers/engines/no-telemetry.js';
import { isGone, removeUnfinished } from '../../manifests/output/left-behind.js';
import { commandsFor } from './commands/all.js';
import { runProgram } from './program.js';
import { standardStreams } from './standard-streams.js';
import type { Stops } from './stops.js';

/**
 * Runs a command line in this process.
 * @returns the exit code
 */
export async function runHere(args: readonly string[], stops: Stops): Promise<number> {
  const streams = standardStreams();
  const folders = new Set<string>();
  const exitCode = await runProgram(args, await commandsFor(args), {
    ...streams,
    env: process.env,
    terminal: process.stderr.isTTY,
    stops,
    writesIn: (folder) => void folders.add(folder),
  });
  // Of this process, should it have been stopped while it wrote, and of those that it started.
  removeUnfinished(folders, (pid) => pid === process.pid || isGone(pid));
  return streams.end(exitCode);
}
