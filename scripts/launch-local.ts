#!/usr/bin/env node
/**
 * Runs an experiment on all GPUs, or on all cores, of this machine: one `grodin run` for each over one run directory,
 * and `grodin reduce` at the end. Nothing but Node.js is loaded before signals are caught.
 */
import { catchStops } from '../pipeline/cli/stops.js';
import './typed-from.js';

const stops = catchStops('launch-local');
const { launchLocal } = await import('./launch/launch-program.js');
const exitCode = await launchLocal(stops);
stops.handle(() => {});
stops.end(exitCode);
