import { realpath } from 'node:fs/promises';
import { resolve } from 'node:path';
import { InputError } from '../../stages/errors.js';

/**
 * Refuses a source that is given twice, under one name or under two.
 * @throws InputError naming it
 */
export async function requireDistinct(sources: readonly string[]): Promise<void> {
  const first = new Map<string, string>();
  for (const source of sources) {
    // What is not there is said when it is read.
    const place = await realpath(source).catch(() => resolve(source));
    const earlier = first.get(place);
    first.set(place, source);
    if (earlier === undefined) continue;
    throw new InputError(
      earlier === source
        ? `${source}: is given twice; give it once`
        : `${source}: is the same as ${earlier}, which is given too; give one of them`,
    );
  }
}
