import { GrodinError } from '../stages/errors.js';
import { isAllocationFailure } from './allocation-failure.js';
import { engineWords } from './engines/engine-words.js';
import type { ShardAnswer } from './task.js';

/**
 * What an error means for a shard.
 * @throws the error itself, where it is neither the user's fault nor a lack of memory
 */
export function answerTo(error: unknown): ShardAnswer {
  if (error instanceof GrodinError) return { kind: 'refused', message: error.message };
  if (isAllocationFailure(error)) return { kind: 'out-of-memory', message: engineWords(error) };
  throw error;
}
