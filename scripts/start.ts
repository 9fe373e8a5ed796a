#!/usr/bin/env node
/**
 * The first run of a newcomer: writes the micro-benchmark's images and sweeps them with the full grid.
 * Interrupted, it goes on where it was; finished, it prints the tables again. Nothing but Node.js is loaded before
 * signals are caught.
 */
import { catchStops } from '../pipeline/cli/stops.js';

const stops = catchStops('start');
const { firstRun } = await import('./first-run.js');
const exitCode = await firstRun(stops);
stops.handle(() => {});
stops.end(exitCode);
