import type { RegisterCommand } from '../command-line.js';
import { registerBench } from './bench.js';
import { registerCompile } from './compile.js';
import { registerDoctor } from './doctor.js';
import { registerManifest } from './manifest.js';
import { registerPreprocess } from './preprocess.js';
import { registerReduce } from './reduce.js';
import { registerRun } from './run.js';
import { registerScore } from './score.js';
import { registerStatus } from './status.js';

/** Every command of `grodin`, in the order of its help. */
export const commands: readonly RegisterCommand[] = [
  registerRun,
  registerStatus,
  registerReduce,
  registerScore,
  registerPreprocess,
  registerCompile,
  registerManifest,
  registerDoctor,
  registerBench,
];
