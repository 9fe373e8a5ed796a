import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('./tethered.js', import.meta.url));

/** The command line of a `grodin` that must be spawned with a channel (`ipc`), and ends with its launcher. */
export function grodinCommand(...args: readonly string[]): readonly string[] {
  return [process.execPath, program, ...args];
}
