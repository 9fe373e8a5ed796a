import { RunFailedError } from '../../stages/errors.js';
import { call } from '../../stages/setting.js';
import type { PlannedShard } from '../../workers/store/planned-shard.js';
import { differingImages, setDifferingAside } from '../inputs/changed-images.js';
import { haveOthersSeenOthers, requireOwnImages } from '../inputs/seen-images.js';
import { isLatest } from '../opening/latest-revision.js';
import { surveyShards } from '../store/survey.js';
import { ensurePlanned, neededShards, type WavePasses } from '../waves/plan-wave.js';
import type { Conducting, ReportWave } from './conducting.js';
import { Idleness } from './idleness.js';
import { Patience } from './patience.js';
import { badImages } from './report-bad-images.js';
import { scoreMissing } from './score-missing.js';
import { shareOf } from './share.js';

/** How often a wave is gone through at most: a shard's file may turn out damaged after it was written. */
const rounds = 3;

/**
 * Plans a wave and scores what is missing of it, until all of it is there or done by others. A process that is alone, or has other
 * images than others, checks first what is there; among others the names of the files do, since whoever uses the scores checks them.
 * @returns all shards that are planned for it, or null when it was stopped
 */
export async function scoreWave(
  conducting: Conducting,
  wave: WavePasses,
): Promise<readonly PlannedShard[] | null> {
  const { planned, shards, report } = await prepare(conducting, wave);
  const isAlone = !(await conducting.claims.begin());
  const own = conducting.share === null ? shards : shareOf(shards, conducting.share);
  const isToCheck = isAlone || (await haveOthersSeenOthers(conducting.run, conducting.own.seen));
  const missing = isToCheck
    ? await checkedMissing(conducting, own)
    : own.filter((shard) => !conducting.claims.isDone(shard));
  if (missing.length === 0) return planned;
  conducting.scored.add(wave.wave);
  return (await scoreMissing(conducting, missing, shards, report)) ? planned : null;
}

/**
 * Waits until other processes have scored their shares of a wave.
 * @returns false when it was stopped, or has waited for too long
 */
export async function allShares(conducting: Conducting, wave: WavePasses): Promise<boolean> {
  if (conducting.share === null) return true;
  const { shards } = await prepare(conducting, wave);
  const patience = new Patience();
  const idleness = new Idleness(conducting.wait);
  let isTold = false;
  for (;;) {
    await conducting.claims.begin();
    const left = shards.filter((shard) => !conducting.claims.isDone(shard)).length;
    if (left === 0) return true;
    if (conducting.isStopped() || idleness.isTooLong()) return false;
    if (!isTold)
      conducting.note(`waiting for ${left} shards of wave ${wave.wave} that other processes score`);
    isTold = true;
    await patience.rest();
  }
}

/**
 * Checks every shard of a wave, unless this process has found them whole before, and scores what is missing or not what it should be,
 * until all of it is there and whole.
 * @returns all shards that are planned for it, or null when it was stopped
 */
export async function settleWave(
  conducting: Conducting,
  wave: WavePasses,
): Promise<readonly PlannedShard[] | null> {
  const { planned, shards, report } = await prepare(conducting, wave);
  if (shards.every(({ id }) => conducting.checksums.has(id))) return planned;
  for (let round = 0; round < rounds; round += 1) {
    const missing = await missingOf(conducting, shards, conducting.scored.has(wave.wave));
    if (missing === null) continue;
    if (missing.length === 0) return planned;
    await conducting.claims.begin();
    conducting.scored.add(wave.wave);
    if (!(await scoreMissing(conducting, missing, shards, report))) return null;
  }
  throw changing(conducting);
}

async function prepare(conducting: Conducting, wave: WavePasses) {
  const { run, images, multiplicationsOf } = conducting;
  const report: ReportWave = (progress) => {
    const nothing = { done: 0, total: 0, workDone: 0, workTotal: 0 };
    conducting.onProgress({ wave: wave.wave, ...nothing, failedImages: images.failed, ...progress });
  };
  report({ stage: 'planning' });
  const planned = await ensurePlanned(run, wave, multiplicationsOf);
  return { planned, shards: neededShards(run, wave, planned), report };
}

/** What is missing before anything is scored. */
async function checkedMissing(
  conducting: Conducting,
  shards: readonly PlannedShard[],
): Promise<readonly PlannedShard[]> {
  for (let round = 0; round < rounds; round += 1) {
    const missing = await missingOf(conducting, shards, false);
    if (missing !== null) return missing;
  }
  throw changing(conducting);
}

function changing({ run }: Conducting): RunFailedError {
  return new RunFailedError(`shards of ${run.directory.path} change after they are written; check the disk`);
}

/**
 * What of the shards is not there, or not whole.
 * @param isScored whether this process has scored what was missing, so that images that differ still do so for good
 * @returns null where shards were set aside, since their images have changed, so that another look is needed
 */
async function missingOf(
  { run, images, origins, own, note, checksums }: Conducting,
  shards: readonly PlannedShard[],
  isScored: boolean,
): Promise<readonly PlannedShard[] | null> {
  await isLatest(run);
  const survey = await surveyShards(run, shards, (shard, { scores }) => images.note(shard, scores.failures));
  for (const origin of survey.origins) origins.add(origin);
  const problem = images.problem(run);
  if (problem !== null) throw await badImages(run, shards, problem);
  if (survey.missing.length > 0) return survey.missing;
  const { changed } = survey.images;
  await requireOwnImages(run, survey.images, own.seen);
  if (isScored && changed.length > 0) throw differingImages(run, changed);
  if ((await setDifferingAside(run, shards, changed, note)) > 0) return null;
  for (const [id, checksum] of survey.checksums) {
    if ((checksums.get(id) ?? checksum) !== checksum)
      throw new RunFailedError(
        `${run.directory.shard(id)}: was scored again after it had been used to choose cells; ${call('again')}`,
      );
    checksums.set(id, checksum);
  }
  return [];
}
