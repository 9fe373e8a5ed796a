/**
 * Every error that `grodin` throws on purpose, but for those that name images (`pipeline/inputs/image-errors.ts`): a class
 * that is added here crosses from process to process, and the library exports it.
 */

/** What the caller can do about an error; the command line turns it into an exit code. */
export type ErrorKind = 'input' | 'failed' | 'interrupted';

/**
 * The base of every error that `grodin` throws on purpose. Its message is one line that names the thing at
 * fault, the value found and the remedy, so that it can be shown to a user as it stands.
 */
export class GrodinError extends Error {
  /** @param kind what the caller can do about it */
  constructor(
    readonly kind: ErrorKind,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** A model that can't be read, differentiated or scored: names the operation and the node where there is one. */
export class ModelError extends GrodinError {
  constructor(message: string, options?: ErrorOptions) {
    super('input', message, options);
  }
}

/** Bad usage or bad input: a file, a key or a value that the user can fix. Exit code 2. */
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

/** Stopped by a signal; the same command, or call, resumes. Exit code 75 (EX_TEMPFAIL). */
export class InterruptedError extends GrodinError {
  constructor(message: string, options?: ErrorOptions) {
    super('interrupted', message, options);
  }
}

/** A device that can't be used here: what is missing and how to get it, in one line. */
export class DeviceError extends GrodinError {
  constructor(message: string, options?: ErrorOptions) {
    super('input', message, options);
  }
}

/** A name that no detector has. */
export class UnknownDetectorError extends GrodinError {
  constructor(message: string, options?: ErrorOptions) {
    super('input', message, options);
  }
}

/** A metric that isn't defined for what it was given: a score that is not finite, a class without rows. */
export class MetricError extends GrodinError {
  constructor(message: string, options?: ErrorOptions) {
    super('failed', message, options);
  }
}
