import type { RegisterCommand } from '../command-line.js';
import { registerCompile } from './compile.js';
import { registerManifest } from './manifest.js';
import { registerScore } from './score.js';

/** Every command of `grodin`, in the order of its help. */
export const commands: readonly RegisterCommand[] = [registerScore, registerCompile, registerManifest];
