import type { RegisterCommand } from '../command-line.js';
import { registerManifest } from './manifest.js';

/** Every command of `grodin`, in the order of its help. */
export const commands: readonly RegisterCommand[] = [registerManifest];
