import type { PlannedShard, Wave } from '../../workers/store/planned-shard.js';
import type { RunDirectory } from '../../workers/store/run-directory.js';
import { type ShardSource, shardIdsIn } from '../../workers/store/shard-store.js';
import { setsOf } from '../experiment/sets.js';
import type { JournalEntry } from '../journal/journal.js';
import { openRecorded } from '../opening/open-run.js';
import type { OpenRun } from '../opening/opened.js';
import { validSteps } from '../opening/valid-steps.js';
import type { ReadStep } from '../plan/plan-file.js';
import type { WrittenRevision } from '../store/revisions.js';
import { imagesAmong, surveyShards } from '../store/survey.js';

/** How many shards of a wave are done. */
export interface WaveStatus {
  readonly wave: Wave;
  readonly done: number;
  readonly total: number;
  readonly parts: readonly PartStatus[];
}

/** Shards of one model and one set. */
export interface PartStatus {
  readonly model: string;
  readonly set: string;
  readonly done: number;
  readonly total: number;
  /** null where only a check of all shards would tell. */
  readonly failedImages: number | null;
}

/** The shards that a run has planned, by wave, model and set. */
export interface PlannedWaves {
  readonly waves: readonly { readonly wave: Wave; readonly parts: readonly (readonly PlannedShard[])[] }[];
  /** Null where the manifests were not read, or can't be. */
  readonly open: OpenRun | null;
}

/** @param read every step of the plan */
export async function plannedWaves(
  directory: RunDirectory,
  revision: WrittenRevision,
  read: readonly ReadStep[],
): Promise<PlannedWaves> {
  const { experiment } = revision;
  // What was planned for what the run is now is of its files; whether what was planned before still is takes its manifests.
  const isOwn = read.every(({ madeFor }) => madeFor.contentId === revision.contentId);
  const open = isOwn ? null : await openRecorded(directory).catch(() => null);
  // If the manifests can't be read, every shard of the plan is counted.
  const steps = open === null ? read : await validSteps(open, directory, read);
  const models = new Set(experiment.models.map(({ name }) => name));
  const sets = new Set(setsOf(experiment).map(({ name }) => name));
  const waves = ([1, 2] as const).map((wave) => {
    const parts = new Map<string, PlannedShard[]>();
    for (const shard of steps.filter((step) => step.wave === wave).flatMap((step) => step.shards)) {
      if (!models.has(shard.model) || !sets.has(shard.set)) continue;
      const key = `${shard.model}\0${shard.set}`;
      const part = parts.get(key) ?? [];
      parts.set(key, part);
      part.push(shard);
    }
    return { wave, parts: [...parts.values()] };
  });
  return { waves: waves.filter(({ parts }) => parts.length > 0), open };
}

/** How far planned waves are. */
interface Counted {
  readonly waves: readonly WaveStatus[];
  /** Each once however many models met it; null where only a check of all shards would tell. */
  readonly failedImages: number | null;
  readonly left: readonly PlannedShard[];
}

/** Counts shards by reading and checking each. */
export async function checkedCount(
  directory: RunDirectory,
  planned: PlannedWaves,
  signal: AbortSignal | undefined,
): Promise<Counted> {
  const open = planned.open ?? (await openRecorded(directory).catch(() => null));
  const listed = await shardIdsIn(directory);
  const source: ShardSource = { directory, manifestOf: (set) => open?.manifestOf(set), listed, signal };
  const failed = new Set<string>();
  const left: PlannedShard[] = [];
  const waves: WaveStatus[] = [];
  for (const { wave, parts } of planned.waves) {
    const statuses: PartStatus[] = [];
    for (const shards of parts) {
      const survey = await surveyShards(source, shards);
      for (const image of survey.failures.keys()) failed.add(image);
      for (const shard of survey.missing) left.push(shard);
      statuses.push(partStatus(shards, survey.missing.length, survey.failures.size));
    }
    waves.push(waveStatus(wave, statuses));
  }
  return { waves, failedImages: imagesAmong(failed), left };
}

/** Counts shards by the names of their files, and bad images by journals. */
export async function quickCount(
  directory: RunDirectory,
  planned: PlannedWaves,
  entries: readonly JournalEntry[],
): Promise<Counted> {
  const finished = await shardIdsIn(directory);
  // A shard may have been scored more than once: what it came to last counts.
  const failedOf = new Map<string, readonly number[] | undefined>();
  for (const { shard, failed } of entries) failedOf.set(shard, failed);
  const all = new Set<string>();
  let isKnown = true;
  const left: PlannedShard[] = [];
  const waves = planned.waves.map(({ wave, parts }) => {
    const statuses = parts.map((shards) => {
      const missing = shards.filter(({ id }) => !finished.has(id));
      for (const shard of missing) left.push(shard);
      const rows = new Set<number>();
      let isPartKnown = true;
      for (const { id } of shards) {
        if (!finished.has(id)) continue;
        const failed = failedOf.get(id);
        if (failed === undefined) isPartKnown = false;
        for (const row of failed ?? []) rows.add(row);
      }
      for (const row of rows) all.add(`${shards[0]?.model}\0${shards[0]?.set}\0${row}`);
      isKnown &&= isPartKnown;
      return partStatus(shards, missing.length, isPartKnown ? rows.size : null);
    });
    return waveStatus(wave, statuses);
  });
  return { waves, failedImages: isKnown ? imagesAmong(all) : null, left };
}

function partStatus(
  shards: readonly PlannedShard[],
  missing: number,
  failedImages: number | null,
): PartStatus {
  const [first] = shards;
  const total = shards.length;
  return { model: first?.model ?? '', set: first?.set ?? '', done: total - missing, total, failedImages };
}

function waveStatus(wave: Wave, parts: readonly PartStatus[]): WaveStatus {
  const sum = (of: (part: PartStatus) => number) => parts.reduce((total, part) => total + of(part), 0);
  return { wave, done: sum(({ done }) => done), total: sum(({ total }) => total), parts };
}
