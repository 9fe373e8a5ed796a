#!/usr/bin/env node
/**
 * The first run of a newcomer: writes the micro-benchmark's images and sweeps them with the full grid. Started again,
 * it continues where it was interrupted, or prints the results of a finished run. Nothing but Node.js is loaded before
 * signals are caught.
 */
import { catchStops } from '../pipeline/cli/stops.js';
import './typed-from.js';

const stops = catchStops('start');
const { firstRun } = await import('./first-run.js');
const exitCode = await firstRun(stops);
stops.handle(() => {});
stops.end(exitCode);
