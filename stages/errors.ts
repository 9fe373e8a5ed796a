/** What the caller can do about an error; the command line turns it into an exit code. */
export type ErrorKind = 'input' | 'failed' | 'interrupted';

/**
 * The base of every error that `grodin` throws on purpose. Its message is one line that names the thing at
 * fault, the value found and the remedy, so that it can be shown to a user as it stands.
 */
export class GrodinError extends Error {
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
