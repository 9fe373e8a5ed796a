import type { PlannedShard } from '../../workers/store/planned-shard.js';
import { differingImages, setDifferingAside } from '../inputs/changed-images.js';
import { FailureRecord } from '../inputs/errors-table.js';
import { requireLatest } from '../opening/latest-revision.js';
import type { OpenRun } from '../opening/opened.js';
import type { Resampler } from '../reduction/resampler.js';
import { ImageDigests } from '../store/image-digests.js';
import { surveyShards } from '../store/survey.js';
import { neededShards } from '../waves/plan-wave.js';
import { chosenWave, type Selected, searchWave } from '../waves/select-cells.js';
import { reduceScores } from './reduce-scores.js';
import { writeResults } from './stored-results.js';

/**
 * Reads the finished shards once more, all together, then reduces them and writes all results.
 * @param checksums of the shards (hex), by id, that were found to be whole
 * @throws RunFailedError when a shard is another by now, or this run is no longer the latest
 */
export async function finishRun(
  run: OpenRun,
  planned: readonly PlannedShard[],
  selected: Selected,
  checksums: ReadonlyMap<string, string>,
  resampler: Resampler,
): Promise<void> {
  const surveyed = { ...run, checksums };
  const shards = resultShards(run, planned, selected.rows);
  const images = new ImageDigests();
  const failures = new FailureRecord();
  await surveyShards(surveyed, shards, (shard, { scores }) => failures.note(shard, scores), images);
  const changed = [...images.changed, ...images.differingBetween(run.sets)];
  const differing = differingImages(run, changed);
  if (differing !== null) {
    // So that the next start scores them again.
    await setDifferingAside(run, shards, changed, () => {});
    throw differing;
  }
  await reduceChecked(surveyed, planned, selected, { checksums, failures }, resampler);
}

/** What is known of all shards that results are made from, once they were read. */
export interface CheckedShards {
  /** Checksum (hex) of each, by id. */
  readonly checksums: ReadonlyMap<string, string>;
  readonly failures: FailureRecord;
}

/**
 * Reduces finished shards of which no two read an image with different contents, and writes all results. Each that has scores in them is
 * read once.
 * @throws RunFailedError when a shard is another by now, or this run is no longer the latest
 */
export async function reduceChecked(
  run: OpenRun,
  planned: readonly PlannedShard[],
  selected: Selected,
  { checksums, failures }: CheckedShards,
  resampler: Resampler,
): Promise<void> {
  const shards = resultShards(run, planned, selected.rows);
  const reduced = await reduceScores({ ...run, checksums }, planned, selected, resampler);
  await requireLatest(run);
  await writeResults(run, checksumsOf(shards, checksums), {
    selection: selected.rows,
    ...reduced,
    errors: failures.rowsOf(run, shards),
  });
}

/** The checksums of some shards, in the order of their ids. */
export function checksumsOf(
  shards: readonly PlannedShard[],
  checksums: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> {
  const ids = [...new Set(shards.map(({ id }) => id))].sort();
  return new Map(ids.map((id) => [id, checksums.get(id) ?? '']));
}

/** The shards that the results of a run are made from. */
export function resultShards(
  run: OpenRun,
  planned: readonly PlannedShard[],
  selection: Selected['rows'],
): readonly PlannedShard[] {
  const ids = new Set(
    [searchWave(run), chosenWave(run, selection)].flatMap((wave) =>
      neededShards(run, wave, planned).map((shard) => shard.id),
    ),
  );
  return planned.filter((shard) => ids.has(shard.id));
}
