#!/usr/bin/env node
/**
 * The paper's experiments, from the downloads to the reports. Nothing but Node.js is loaded before signals are caught.
 */
import { catchStops } from '../pipeline/cli/stops.js';
import './typed-from.js';

const stops = catchStops('reproduce');
const { reproduce } = await import('./reproduce/reproduce-program.js');
const exitCode = await reproduce(stops);
stops.handle(() => {});
stops.end(exitCode);
