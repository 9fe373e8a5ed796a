import { stopIfAborted } from '../../stages/aborted.js';
import type { PlannedShard, Wave } from '../../workers/store/planned-shard.js';
import type { RunDirectory } from '../../workers/store/run-directory.js';
import type { ShardSource } from '../../workers/store/shard-store.js';
import { setsOf } from '../experiment/sets.js';
import { openRecorded } from '../opening/open-run.js';
import { validSteps } from '../opening/valid-steps.js';
import { readPlan } from '../plan/plan-file.js';
import { hasResultsOf, readSelection } from '../results/stored-results.js';
import { readLatestRevision } from '../store/revisions.js';
import { surveyShards } from '../store/survey.js';

/** How far a run has come, read from its directory alone. */
export interface RunStatus {
  readonly out: string;
  readonly experiment: string;
  /** Waves that are planned; the second is planned when the first is done. */
  readonly waves: readonly WaveStatus[];
  readonly selectionMade: boolean;
  readonly resultsWritten: boolean;
  /** Images that could not be used, once for each model that met them. */
  readonly failedImages: number;
}

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
  readonly failedImages: number;
}

/**
 * Reads and checks every shard of a run. Damaged ones are set aside, and count as not done.
 * @throws InputError when the folder holds no run
 * @throws InterruptedError when `signal` was aborted
 */
export async function statusOf(directory: RunDirectory, signal?: AbortSignal): Promise<RunStatus> {
  stopIfAborted(signal);
  const revision = await readLatestRevision(directory);
  const { experiment } = revision;
  const open = await openRecorded(directory).catch(() => null);
  const read = await readPlan(directory);
  // If the manifests can't be read, every shard of the plan is counted.
  const steps = open === null ? read : await validSteps(open, directory, read);
  const source: ShardSource = { directory, manifestOf: (set) => open?.manifestOf(set), signal };
  const models = new Set(experiment.models.map(({ name }) => name));
  const sets = new Set(setsOf(experiment).map(({ name }) => name));
  const failed = new Set<string>();
  const waves: WaveStatus[] = [];
  for (const wave of [1, 2] as const) {
    const parts = new Map<string, PlannedShard[]>();
    for (const step of steps) {
      if (step.wave !== wave) continue;
      for (const shard of step.shards) {
        if (!models.has(shard.model) || !sets.has(shard.set)) continue;
        const key = `${shard.model}\0${shard.set}`;
        const part = parts.get(key) ?? [];
        parts.set(key, part);
        part.push(shard);
      }
    }
    const statuses: PartStatus[] = [];
    for (const shards of parts.values()) {
      const survey = await surveyShards(source, shards);
      for (const image of survey.failures.keys()) failed.add(image);
      statuses.push({
        model: shards[0]?.model ?? '',
        set: shards[0]?.set ?? '',
        done: shards.length - survey.missing.length,
        total: shards.length,
        failedImages: survey.failures.size,
      });
    }
    if (statuses.length === 0) continue;
    const sum = (of: (part: PartStatus) => number) => statuses.reduce((total, part) => total + of(part), 0);
    waves.push({ wave, done: sum((part) => part.done), total: sum((part) => part.total), parts: statuses });
  }
  return {
    out: directory.path,
    experiment: experiment.name,
    waves,
    selectionMade: (await readSelection(directory, revision.contentId)) !== null,
    resultsWritten: await hasResultsOf(directory, revision.contentId),
    failedImages: failed.size,
  };
}
