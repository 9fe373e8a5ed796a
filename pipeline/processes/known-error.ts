import { describeSystemError } from '../../manifests/output/system-error.js';
import { GrodinError } from '../../stages/errors.js';
import { describeShortage } from '../../workers/allocation-failure.js';

/** An error as users are told of it: as it was thrown on purpose, or for what the system or an engine lacks; null for a defect. */
export function knownError(error: unknown): GrodinError | null {
  return error instanceof GrodinError ? error : (describeSystemError(error) ?? describeShortage(error));
}
