#!/usr/bin/env node
/**
 * Nothing but Node.js is loaded here before signals are caught. `run` watches over processes of its own and stops them
 * cleanly, and what `submit` submits has the environment of this process; every other command runs in a process that can be
 * ended at any moment, also inside native code.
 */
import { catchStops, failedToLoad } from './stops.js';

const stops = catchStops('grodin');
const args = process.argv.slice(2);
const command = args.find((arg) => !arg.startsWith('-'));
const begin = async (): Promise<number> =>
  command === 'submit' || (command === 'run' && !args.includes('--dry-run'))
    ? (await import('./here.js')).runHere(args, stops)
    : (await import('./guard.js')).runGuarded(args, stops);
const exitCode = await begin().catch(failedToLoad('grodin'));
// It is over: whoever sends a signal now has no more to stop.
stops.handle(() => {});
stops.end(exitCode);
