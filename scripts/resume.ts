#!/usr/bin/env node
/**
 * Goes on with a run by what its directory records: its last submission, or else `launch-local` on this machine. Nothing but Node.js
 * is loaded before signals are caught.
 */
import { catchStops } from '../pipeline/cli/stops.js';
import './typed-from.js';

const stops = catchStops('resume');
const { resume } = await import('./resume/resume-program.js');
const exitCode = await resume(stops);
stops.handle(() => {});
stops.end(exitCode);
