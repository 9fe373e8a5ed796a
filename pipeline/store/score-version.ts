import { InputError } from '../../stages/errors.js';
import { setting } from '../../stages/setting.js';
import { SCORE_SCHEMA_VERSION } from '../../workers/store/shard-scores.js';
import type { RevisionContents } from './revisions.js';

/**
 * Checks that a run's scores are as this version of grodin makes and reads them. Those of another version are sound, so that nothing
 * may be counted as missing, made anew or set aside for them.
 * @param folder the run directory, for the message
 * @throws InputError naming both score schemas and what can be done
 */
export function requireOwnScores(
  folder: string,
  { scoreSchema }: Pick<RevisionContents, 'scoreSchema'>,
): void {
  if (scoreSchema === SCORE_SCHEMA_VERSION) return;
  const writer = scoreSchema < SCORE_SCHEMA_VERSION ? 'an earlier' : 'a later';
  throw new InputError(
    `${folder}: its scores were made by ${writer} version of grodin (score schema ${scoreSchema}, here ` +
      `${SCORE_SCHEMA_VERSION}); go on with that version, run it with ${setting('rescore')} to replace them, or start another ` +
      `run with another ${setting('out')}`,
  );
}
