import type { ErrorKind } from '../../stages/errors.js';

/** The exit code of the command line for each kind of error; that of what was stopped is EX_TEMPFAIL. */
export const exitCodes: Readonly<Record<ErrorKind, number>> = { failed: 1, input: 2, interrupted: 75 };
