/** Every error that names images in `rows`: what is listed here crosses from process to process, and is exported. */
import { InputError, RunFailedError } from '../../stages/errors.js';
import type { ErrorRow } from './errors-table.js';

/** Too many images could not be used. */
export class BadImagesError extends RunFailedError {
  /** @param rows every image that could not be used */
  constructor(
    message: string,
    readonly rows: readonly ErrorRow[] = [],
  ) {
    super(message);
  }
}

/** More images are missing than may fail. */
export class MissingImagesError extends InputError {
  /** @param rows every missing image, of no model */
  constructor(
    message: string,
    readonly rows: readonly ErrorRow[],
  ) {
    super(message);
  }
}
