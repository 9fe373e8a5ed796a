import { cp, rename, rm } from 'node:fs/promises';
import { relative, resolve, sep } from 'node:path';
import { isThere } from '../../manifests/output/file-system.js';
import { surveyShards } from '../../pipeline/store/survey.js';
import { InputError, RunFailedError } from '../../stages/errors.js';
import { type RunDirectory, runDirectory } from '../../workers/store/run-directory.js';
import { openFinished, shardsOfWave } from './finished-run.js';

/** What a copy holds of the run that it was made from. */
export interface Prepared {
  /** Shards of validation images that it keeps. */
  readonly kept: number;
  /** Shards of test images that it lacks. */
  readonly removed: number;
}

/**
 * Copies a finished run without its test scores and results: `grodin run` on the copy chooses the same cells again from
 * the validation scores that are there, and scores the test images anew, on whatever device of the same engine class.
 * The copy appears whole: half of one would have its validation scores done on the other device, too.
 * @param path the finished run
 * @param copy where the copy is to be; must not be there
 * @param experimentFile as of `openFinished`
 * @throws InputError when the run is not finished or the copy is there
 * @throws RunFailedError when validation shards are missing or damaged
 */
export async function prepareCopy(path: string, copy: string, experimentFile?: string): Promise<Prepared> {
  if (await isThere(copy))
    throw new InputError(`${copy}: is there already; name another folder for the copy`);
  const finished = await openFinished(path, experimentFile);
  const { directory } = finished.run;
  const inside = relative(directory.path, resolve(copy));
  if (inside !== '..' && !inside.startsWith(`..${sep}`))
    throw new InputError(`${copy}: lies in the run that is to be copied; name a folder outside it`);
  const search = shardsOfWave(finished, 1);
  const { missing } = await surveyShards(finished.run, search);
  if (missing.length > 0)
    throw new RunFailedError(
      `${path}: ${missing.length} of ${search.length} validation shards are missing or damaged; run it again first`,
    );
  const kept = new Set(search.map(({ id }) => id));
  const chosen = shardsOfWave(finished, 2).filter(({ id }) => !kept.has(id));
  const left = new Set([
    ...leftBehind(directory),
    // Others of the plan belong to no result, but a plan names them.
    ...finished.planned.filter(({ id }) => !kept.has(id)).map(({ id }) => directory.shard(id)),
  ]);
  const partial = `${resolve(copy)}.partial`;
  await rm(partial, { recursive: true, force: true });
  await cp(directory.path, partial, {
    recursive: true,
    // By its time an image view tells that nothing has changed, and files that look alike are not read again.
    preserveTimestamps: true,
    filter: (source) => !left.has(source),
  });
  await rename(partial, runDirectory(copy).path);
  return { kept: kept.size, removed: chosen.length };
}

/** What is made from test scores, or is of no use in a copy. */
function leftBehind(directory: RunDirectory): readonly string[] {
  const { finished, selection, metrics, metricsJson, accuracy, errors, tables } = directory;
  const { leases, setAside, compiled } = directory;
  return [finished, selection, metrics, metricsJson, accuracy, errors, tables, leases, setAside, compiled];
}
