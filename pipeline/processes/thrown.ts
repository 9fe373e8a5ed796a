import { describeSystemError } from '../../manifests/output/system-error.js';
import {
  DeviceError,
  type ErrorKind,
  GrodinError,
  InputError,
  InterruptedError,
  MetricError,
  ModelError,
  NoUsableImageError,
  RunFailedError,
} from '../../stages/errors.js';
import { BadImagesError } from '../inputs/bad-images.js';
import { MissingImagesError } from '../inputs/check-inputs.js';
import type { ErrorRow } from '../inputs/errors-table.js';

/** An error as one process sends it to another. */
export interface Thrown {
  /** Of its class. */
  readonly name: string;
  /** Null where it was not thrown on purpose. */
  readonly kind: ErrorKind | null;
  readonly message: string;
  readonly stack: string | null;
  /** Every image that could not be used, where that is what it is about. */
  readonly rows?: readonly ErrorRow[];
}

const classes: Readonly<Record<string, new (message: string) => GrodinError>> = {
  DeviceError,
  InputError,
  InterruptedError,
  MetricError,
  ModelError,
  NoUsableImageError,
  RunFailedError,
};

const classesWithRows: Readonly<
  Record<string, new (message: string, rows: readonly ErrorRow[]) => GrodinError>
> = { BadImagesError, MissingImagesError };

/** Makes an error ready to be sent; one of the file system is sent as the message that users get for it. */
export function describeThrown(thrown: unknown): Thrown {
  const error = describeSystemError(thrown) ?? thrown;
  return {
    name: error instanceof Error ? error.name : '',
    kind: error instanceof GrodinError ? error.kind : null,
    message: error instanceof Error ? error.message : String(error),
    stack: error instanceof Error ? (error.stack ?? null) : null,
    ...(error instanceof BadImagesError || error instanceof MissingImagesError ? { rows: error.rows } : {}),
  };
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
