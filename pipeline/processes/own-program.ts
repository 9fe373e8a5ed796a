import { fileURLToPath } from 'node:url';
import { InputError } from '../../stages/errors.js';

/**
 * Path of a program of this package, to start a process with. A bundler takes modules from where their programs lie: what is
 * there instead may be the very program that runs, which would start itself again and again.
 * @param name its path from the module
 * @param module URL of a module of this package
 * @param place where the program lies in the package
 * @throws InputError where the module is part of a bundle
 */
export function ownProgram(name: string, module: string, place: string): string {
  const url = new URL(name, module);
  if (url.pathname.endsWith(`/${place}`)) return fileURLToPath(url);
  throw new InputError(
    `${fileURLToPath(module)}: grodin was bundled, and can't start its processes from there; leave it out of the bundle, for example with external: ['grodin']`,
  );
}
