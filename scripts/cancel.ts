#!/usr/bin/env node
/** Stops whatever works on a run: jobs that were submitted for it, and processes of this machine. */
import './typed-from.js';
import { cancelProgram } from './cancel/cancel-program.js';

process.exitCode = await cancelProgram();
