import { execFile } from 'node:child_process';
import { printableLine } from '../../manifests/input/printable.js';
import { isErrno } from '../../manifests/output/file-system.js';
import { InputError, RunFailedError } from '../../stages/errors.js';

/**
 * Runs a program of a scheduler.
 * @param remedy what to do where this machine has none
 * @returns what it printed
 * @throws InputError where there is no such program; RunFailedError with its own words where it fails
 */
export function runProgram(program: string, args: readonly string[], remedy: string): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(program, args, { encoding: 'utf8' }, (error, out, err) => {
      if (error === null) resolve(out);
      else if (isErrno(error, 'ENOENT'))
        reject(
          new InputError(`${program}: there is no such program on this machine; ${remedy}`, { cause: error }),
        );
      else {
        const why = printableLine(err.trim() === '' ? error.message : err.trim());
        reject(new RunFailedError(`${program} ${args.join(' ')}: ${why}`, { cause: error }));
      }
    });
  });
}
