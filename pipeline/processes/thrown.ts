import * as errors from '../../stages/errors.js';
import { isError } from '../../stages/is-error.js';
import type { ErrorRow } from '../inputs/errors-table.js';
import * as imageErrors from '../inputs/image-errors.js';
import { knownError } from './known-error.js';

const { GrodinError, ...plainErrors } = errors;

/** An error as one process sends it to another. */
export interface Thrown {
  /** Of its class. */
  readonly name: string;
  /** Null where it was not thrown on purpose. */
  readonly kind: errors.ErrorKind | null;
  readonly message: string;
  readonly stack: string | null;
  /** Every image that could not be used, where that is what it is about. */
  readonly rows?: readonly ErrorRow[];
}

const classes: Readonly<Record<string, new (message: string) => errors.GrodinError>> = plainErrors;

const classesWithRows: Readonly<
  Record<string, new (message: string, rows: readonly ErrorRow[]) => errors.GrodinError>
> = imageErrors;

/** Makes an error ready to be sent; one of the file system, or of memory, is sent as the message that users get for it. */
export function describeThrown(thrown: unknown): Thrown {
  const error = knownError(thrown) ?? thrown;
  const rows = rowsOf(error);
  return {
    name: isError(error) ? error.name : '',
    kind: error instanceof GrodinError ? error.kind : null,
    message: isError(error) ? error.message : String(error),
    stack: isError(error) ? (error.stack ?? null) : null,
    ...(rows === null ? {} : { rows }),
  };
}

function rowsOf(error: unknown): readonly ErrorRow[] | null {
  for (const kind of Object.values(imageErrors)) if (error instanceof kind) return error.rows;
  return null;
}

/** Makes an error that was received from another process, of the class that it had there. */
export function thrownAgain({ name, kind, message, stack, rows = [] }: Thrown): Error {
  const withRows = classesWithRows[name];
  if (withRows !== undefined) return new withRows(message, rows);
  const plain = classes[name];
  if (plain !== undefined) return new plain(message);
  if (kind !== null) return new GrodinError(kind, message);
  const defect = new Error(message);
  if (stack !== null) defect.stack = stack;
  return defect;
}
