import { RunFailedError } from '../../stages/errors.js';
import { call } from '../../stages/setting.js';
import type { PlannedShard } from '../../workers/store/planned-shard.js';
import { differingImages, setDifferingAside } from '../inputs/changed-images.js';
import { requireOwnImages } from '../inputs/seen-images.js';
import { isLatest } from '../opening/latest-revision.js';
import { surveyShards } from '../store/survey.js';
import { ensurePlanned, neededShards, type WavePasses } from '../waves/plan-wave.js';
import type { Conducting, ReportWave } from './conducting.js';
import { badImages } from './report-bad-images.js';
import { scoreMissing } from './score-missing.js';

/** How often a wave is gone through at most: a shard's file may turn out damaged after it was written. */
const rounds = 3;

/**
 * Plans a wave and scores what is missing of it, until all of it is there and whole.
 * @returns all shards that are planned for it, or null when it was stopped
 */
export async function completeWave(
  conducting: Conducting,
  wave: WavePasses,
): Promise<readonly PlannedShard[] | null> {
  const { run, images, multiplicationsOf } = conducting;
  const report: ReportWave = (progress) => {
    const nothing = { done: 0, total: 0, workDone: 0, workTotal: 0 };
    conducting.onProgress({ wave: wave.wave, ...nothing, failedImages: images.failed, ...progress });
  };
  report({ stage: 'planning' });
  const planned = await ensurePlanned(run, wave, multiplicationsOf);
  const shards = neededShards(run, wave, planned);
  for (let round = 0; round < rounds; round += 1) {
    const missing = await missingOf(conducting, shards, round);
    if (missing === null) continue;
    if (missing.length === 0) return planned;
    const stopped = !(await scoreMissing(conducting, missing, shards, report));
    if (stopped) return null;
  }
  throw new RunFailedError(`shards of ${run.directory.path} change after they are written; check the disk`);
}

/**
 * What of the shards is not there, or not whole.
 * @returns null where shards were set aside, since their images have changed, so that another look is needed
 */
async function missingOf(
  { run, images, origins, own, note, checksums }: Conducting,
  shards: readonly PlannedShard[],
  round: number,
): Promise<readonly PlannedShard[] | null> {
  await isLatest(run);
  const survey = await surveyShards(run, shards, (shard, { scores }) => images.note(shard, scores.failures));
  for (const origin of survey.origins) origins.add(origin);
  const problem = images.problem(run);
  if (problem !== null) throw await badImages(run, shards, problem);
  if (survey.missing.length > 0) return survey.missing;
  const { changed } = survey.images;
  await requireOwnImages(run, survey.images, own.seen);
  if (round > 0 && changed.length > 0) throw differingImages(run, changed);
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
