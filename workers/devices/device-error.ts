import { GrodinError } from '../../stages/errors.js';

/** A device that can't be used here: what is missing and how to get it, in one line. */
export class DeviceError extends GrodinError {
  constructor(message: string, options?: ErrorOptions) {
    super('input', message, options);
  }
}
