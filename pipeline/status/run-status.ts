import { stat } from 'node:fs/promises';
import { stopIfAborted } from '../../stages/aborted.js';
import { type PlannedShard, passesPerImage } from '../../workers/store/planned-shard.js';
import type { RunDirectory } from '../../workers/store/run-directory.js';
import { readJournals } from '../journal/journal.js';
import { nominalForwards } from '../plan/nominal-work.js';
import { readPlan, stepNames } from '../plan/plan-file.js';
import { hasOldResults, hasResultsOf, readSelection } from '../results/stored-results.js';
import { readLatestRevision, revisionFile, type WrittenRevision } from '../store/revisions.js';
import { requireOwnScores } from '../store/score-version.js';
import type { Submission } from '../submissions/submission.js';
import { awaitedSubmission, ResultsCheck } from './awaited.js';
import { LeaseWatch, type WorkInFlight } from './in-flight.js';
import { pacesOf, remainingSeconds, type ShardWork, type WorkerPace } from './pace.js';
import { areScoresThere } from './scores-there.js';
import { checkedCount, type PlannedWaves, plannedWaves, quickCount, type WaveStatus } from './wave-status.js';

/** How far a run has come, read from its directory alone. */
export interface RunStatus {
  readonly out: string;
  readonly experiment: string;
  /** Finished; being worked on; or neither, as where all its processes have ended, or wait for a machine. */
  readonly state: 'finished' | 'working' | 'idle';
  /** Waves that are planned; the second is planned when the first is done. */
  readonly waves: readonly WaveStatus[];
  readonly selectionMade: boolean;
  readonly resultsWritten: boolean;
  /** Whether files of results lie there that are out of date: made before shards were set aside, or the experiment changed. */
  readonly resultsOutdated: boolean;
  /** What was given to a scheduler last, while the results are from before it: the run is not finished then. */
  readonly awaited: Submission | null;
  /** Images that could not be used, each once however many models met it; null where only a check of all shards would tell. */
  readonly failedImages: number | null;
  /** What processes work on, or did when they died. */
  readonly inFlight: readonly ShardInFlight[];
  /** Whoever scored shards, by process and worker, as far as their journals are there. */
  readonly workers: readonly WorkerPace[];
  /** Of the workers whose processes give signs of life, together; an image counts once in each shard that it is in. */
  readonly imagesPerSecond: number;
  /** About how long what is left of the planned waves takes with the workers that are at it now; null where that is not known. */
  readonly remainingSeconds: number | null;
}

/** Work in flight, with what the plan says of the shard; null where it is no shard. */
export interface ShardInFlight extends WorkInFlight {
  readonly shard: { readonly model: string; readonly set: string; readonly images: number } | null;
}

/** How closely a run is looked at. */
export interface Look {
  /**
   * Read and check every shard; damaged ones are set aside, and count as not done. Otherwise shards are counted by their names, and
   * nothing is written.
   */
  readonly check: boolean;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Looks at a run once.
 * @throws InputError when the folder holds no run
 * @throws InterruptedError when `signal` was aborted
 */
export async function statusOf(directory: RunDirectory, look: Look): Promise<RunStatus> {
  return new RunWatcher(directory).look(look);
}

/** Looks at a run as often as is asked, and keeps what can't change meanwhile. */
export class RunWatcher {
  readonly #directory: RunDirectory;
  readonly #leases: LeaseWatch;
  readonly #results: ResultsCheck;
  #plan: { readonly revision: string; readonly steps: number; readonly waves: PlannedWaves } | null = null;

  constructor(directory: RunDirectory) {
    this.#directory = directory;
    this.#leases = new LeaseWatch(directory);
    this.#results = new ResultsCheck(directory);
  }

  /**
   * @throws InputError when the folder holds no run
   * @throws InterruptedError when the look's signal was aborted
   */
  async look({ check, signal }: Look): Promise<RunStatus> {
    stopIfAborted(signal);
    const directory = this.#directory;
    const revision = await readLatestRevision(directory);
    if (check) requireOwnScores(directory.path, revision);
    const planned = await this.#planned(revision);
    const shards = new Map(planned.waves.flatMap(({ parts }) => parts.flat()).map((one) => [one.id, one]));
    const journals = await readJournals(directory.journals);
    const entries = journals
      .flatMap((journal) => journal.entries)
      .filter(({ shard }) => shards.has(shard))
      .sort((a, b) => a.to - b.to);
    const counted = check
      ? await checkedCount(directory, planned, signal)
      : await quickCount(directory, planned, entries);
    stopIfAborted(signal);
    const resultsWritten = await hasResultsOf(directory, revision.contentId);
    // What is missing may be of what the run was before.
    const isComplete =
      resultsWritten && (counted.left.length === 0 || (await areScoresThere(directory).catch(() => false)));
    const awaited = await awaitedSubmission(directory, this.#results, isComplete);
    const inFlight = await this.#inFlight(shards, signal);
    const living = new Set(
      inFlight.filter(({ process }) => process === 'alive').map(({ host, pid }) => `${host}\0${pid}`),
    );
    const workers = journals.flatMap(({ writer, entries: own }) => pacesOf(writer, own));
    const active = workers.filter(({ host, pid }) => living.has(`${host}\0${pid}`));
    return {
      out: directory.path,
      experiment: revision.experiment.name,
      state: isComplete && awaited === null ? 'finished' : living.size > 0 ? 'working' : 'idle',
      waves: counted.waves,
      selectionMade: (await readSelection(directory, revision.contentId)) !== null,
      resultsWritten,
      resultsOutdated: !resultsWritten && (await hasOldResults(directory)),
      awaited,
      failedImages: counted.failedImages,
      inFlight,
      workers,
      imagesPerSecond: active.reduce((sum, { imagesPerSecond }) => sum + imagesPerSecond, 0),
      remainingSeconds: remainingSeconds(
        counted.left.map(workOf),
        entries.flatMap(({ shard, from, to }) => {
          const found = shards.get(shard);
          return found === undefined ? [] : [{ ...workOf(found), seconds: (to - from) / 1000 }];
        }),
        inFlight.filter(({ process, shard }) => process === 'alive' && shard !== null).length,
      ),
    };
  }

  async #inFlight(
    shards: ReadonlyMap<string, PlannedShard>,
    signal: AbortSignal | undefined,
  ): Promise<readonly ShardInFlight[]> {
    // By the clock of the file system: nothing of a run is claimed before, nor later than now.
    const begun = await stat(revisionFile(this.#directory, 1)).then(
      ({ mtimeMs }) => mtimeMs,
      () => 0,
    );
    const latest = Date.now();
    return (await this.#leases.look(signal)).map((lease) => {
      const work = { ...lease, since: credible(lease.since, begun, latest) };
      const found = shards.get(work.name);
      if (found === undefined) return { ...work, shard: null };
      return { ...work, shard: { model: found.model, set: found.set, images: found.rows.length } };
    });
  }

  /** What the latest revision has planned; read again where there is more. */
  async #planned(revision: WrittenRevision): Promise<PlannedWaves> {
    const directory = this.#directory;
    const steps = (await stepNames(directory)).length;
    if (this.#plan?.revision === revision.sha256 && this.#plan.steps === steps) return this.#plan.waves;
    const waves = await plannedWaves(directory, revision, await readPlan(directory));
    this.#plan = { revision: revision.sha256, steps, waves };
    return waves;
  }
}

/** By so much clocks may differ without much harm to what is told. */
const CLOCK_MILLISECONDS = 60_000;

/** A time of another host's clock, or null where that differs from the others by more than it is good for. */
function credible(since: number | null, begun: number, now: number): number | null {
  if (since === null || since < begun - CLOCK_MILLISECONDS || since > now + CLOCK_MILLISECONDS) return null;
  return since;
}

/** A shard's work in forward passes of its model. */
function workOf(shard: PlannedShard): ShardWork {
  return { model: shard.model, work: nominalForwards(passesPerImage(shard)) * shard.rows.length };
}
