import { type ErrorKind, GrodinError } from '../stages/errors.js';

/** Bad usage or bad input: a file, a key or a value that the user can mend. Exit code 2. */
export class InputError extends GrodinError {
  constructor(message: string, options?: ErrorOptions) {
    super('input', message, options);
  }
}

/** The work was well posed but could not be finished. Exit code 1. */
export class RunFailedError extends GrodinError {
  constructor(message: string, options?: ErrorOptions) {
    super('failed', message, options);
  }
}

/** A set has not one image that could be scored. */
export class NoUsableImageError extends RunFailedError {}

/** Stopped by a signal; the same command resumes. Exit code 75 (EX_TEMPFAIL). */
export class InterruptedError extends GrodinError {
  constructor(message: string, options?: ErrorOptions) {
    super('interrupted', message, options);
  }
}

/** The exit code of the command line for each kind of error. */
export const exitCodes: Readonly<Record<ErrorKind, number>> = { failed: 1, input: 2, interrupted: 75 };
