import { GrodinError } from '../errors.js';

/** A metric that isn't defined for what it was given: a score that is not finite, a class without rows. */
export class MetricError extends GrodinError {
  constructor(message: string, options?: ErrorOptions) {
    super('failed', message, options);
  }
}
