import { describingSystemErrors } from '../manifests/output/system-error.js';
import { requireDevice } from '../workers/doctor/require-device.js';
import { machineCores } from '../workers/machine-cores.js';
import type { Wave } from '../workers/store/planned-shard.js';
import { runDirectory } from '../workers/store/run-directory.js';
import { requireExperiment } from './arguments.js';
import { readCosts } from './costs/cost-file.js';
import type { DeviceCosts } from './costs/device-costs.js';
import type { Experiment } from './experiment/experiment.js';
import { cacheSettings } from './graphs/graph-cache.js';
import { setChangedImagesAside } from './inputs/changed-images.js';
import { checkAllInputs } from './inputs/check-inputs.js';
import { goneText } from './inputs/gone-images.js';
import { inputNotes } from './inputs/input-notes.js';
import { retryErrors } from './inputs/retry-errors.js';
import { keepViews, lookAtImages, type SeenImages } from './inputs/seen-images.js';
import { keepCosts } from './jobs/run-costs.js';
import { carryOver } from './opening/carry-over.js';
import { openRun } from './opening/open-run.js';
import type { OpenExperiment, OpenRun } from './opening/opened.js';
import { allPlanned } from './opening/valid-steps.js';
import { checkedOptions } from './options.js';
import { kindOf } from './plan/workers.js';
import type { PoolMemory, PoolOrder } from './pool/pool-messages.js';
import type { Share } from './pool/share.js';
import type { RunWatch } from './pool/supervisor.js';
import { stopIfUnwanted, supervise, usualDeadline } from './pool/supervisor.js';
import { anyOf, guarded } from './processes/listeners.js';
import { type RunResults, readResults } from './results/stored-results.js';
import { chooseSetup, planOnDevices } from './setup/choose-setup.js';
import { memoryBound } from './setup/memory-bound.js';
import type { RunSettings } from './setup/run-settings.js';
import type { RunSetup } from './setup/run-setup.js';
import { isFinished } from './status/finished.js';
import { Leases } from './store/lease.js';
import { contentId, isBegun } from './store/revisions.js';

/** Where and how a run is run, and how it is followed. */
export interface RunOptions extends RunSettings, RunWatch {
  /**
   * Seconds that one pass, or opening a graph, may take: what takes longer counts as hung, and is begun anew.
   * Default: 600.
   */
  readonly deadline?: number | undefined;
  /**
   * Seconds to wait where all that is left is what other processes are at: after that the run ends with an InterruptedError.
   * Default: as long as they take.
   */
  readonly wait?: number | undefined;
  /**
   * Score only this part of the shards of each wave, and leave the others to processes with the other numbers; what takes the scores
   * of all waits for them. Default: whatever nobody else is at.
   */
  readonly share?: Share | undefined;
  /** Try the images again that could not be used; the other scores of their shards are kept. Default: false. */
  readonly retryErrors?: boolean | undefined;
  /**
   * Measure at the end, on the run's own device and at its batch size, what a score costs beside an inference and a training step of the
   * same network. Default: false.
   */
  readonly costs?: boolean | undefined;
}

/** How far a run is taken that makes no results. */
export interface ScoringOptions extends RunOptions {
  /** The last wave that is scored: 1, validation images, or 2, test images at the cells chosen by them. Default: 2. */
  readonly wave?: Wave | undefined;
}

/** What the scoring of a run ends with. */
export interface ScoringOutcome {
  /** True when it was finished before, so that nothing was done. */
  readonly nothingToDo: boolean;
  /** What the run planned to take and took; null when nothing was done. */
  readonly memory: PoolMemory | null;
  /** Devices that kept failing on what others could do, so that the run went on without them. */
  readonly leftOut: readonly string[];
}

/** What a run ends with. */
export interface RunOutcome extends RunResults, ScoringOutcome {
  /** What was measured of the time that its passes take, by this call or an earlier one; no part of the results. */
  readonly costs: readonly DeviceCosts[];
}

/**
 * Runs an experiment to its end, from wherever its run directory is. May be killed at any time: the same call
 * goes on and gives the same bytes. Several processes that run the same experiment in the same directory, on
 * any number of hosts, divide its shards.
 * @throws InputError naming an option that is none, or out of bounds
 * @throws InputError when the experiment doesn't fit its files, or the run that is there
 * @throws RunFailedError when too many images, or a shard, could not be used
 * @throws InterruptedError when `drain`, `stop` or `kill` was aborted, whose reason is its cause, or it has waited for longer than `wait`
 * @throws what `onProgress` or `onNote` throws
 */
export async function run(experiment: Experiment, options: RunOptions): Promise<RunOutcome> {
  return heeding('run', experiment, options, (checked, failed) =>
    finished(experiment, checked, failed, supervise),
  );
}

/**
 * Like `run`, with something else to score by than a pool process, so that a harness can hold or watch it.
 * @param score takes the place of `supervise`
 */
export async function runBy(
  score: typeof supervise,
  experiment: Experiment,
  options: RunOptions,
): Promise<RunOutcome> {
  return heeding('run', experiment, options, (checked, failed) =>
    finished(experiment, checked, failed, score),
  );
}

/**
 * Like `run`, but ends when all scores are there, or those of the first wave: metrics and tables are left to another process.
 * @throws as `run`
 */
export async function runWithoutReducing(
  experiment: Experiment,
  options: ScoringOptions,
): Promise<ScoringOutcome> {
  return runWithoutReducingBy(supervise, experiment, options);
}

/** Like `runWithoutReducing`, with something else to score by, see `runBy`. */
export async function runWithoutReducingBy(
  score: typeof supervise,
  experiment: Experiment,
  options: ScoringOptions,
): Promise<ScoringOutcome> {
  return heeding('runWithoutReducing', experiment, options, async ({ wave = 2, ...checked }, failed) => {
    const { outcome } = await work(experiment, checked, { reduce: false, lastWave: wave }, failed, score);
    return outcome;
  });
}

/**
 * Does the work of a run, which what a listener throws stops as `stop` does.
 * @throws what a listener threw, whatever the work came to
 */
async function heeding<Outcome, Options extends RunOptions>(
  of: 'run' | 'runWithoutReducing',
  experiment: Experiment,
  options: Options,
  does: (checked: Options, failed: AbortSignal) => Promise<Outcome>,
): Promise<Outcome> {
  requireExperiment(of, experiment);
  const checked = checkedOptions(of, options);
  const { onProgress, onNote } = checked;
  const failed = new AbortController();
  const watch = {
    onProgress: guarded(onProgress, failed),
    onNote: guarded(onNote, failed),
  };
  try {
    return await describingSystemErrors(() => does({ ...checked, ...watch }, failed.signal));
  } finally {
    failed.signal.throwIfAborted();
  }
}

async function finished(
  experiment: Experiment,
  options: RunOptions,
  failed: AbortSignal,
  score: typeof supervise,
): Promise<RunOutcome> {
  const { opened, outcome } = await work(experiment, options, { reduce: true, lastWave: 2 }, failed, score);
  return { ...(await readResults(opened)), ...outcome, costs: await readCosts(opened.directory) };
}

/** @param end how far it is taken @param failed aborted where a listener has thrown, after which nothing more is begun */
async function work(
  experiment: Experiment,
  options: RunOptions,
  end: Pick<PoolOrder, 'reduce' | 'lastWave'>,
  failed: AbortSignal,
  score: typeof supervise,
): Promise<{ readonly opened: OpenRun; readonly outcome: ScoringOutcome }> {
  const { out, retryErrors: retry, rescore = false, trustImages = false, costs = false, ...given } = options;
  const { cache = cacheSettings(process.env), ...rest } = given;
  const { device, precision, workers: asked, memory: askedBytes, ...others } = rest;
  const { deadline = usualDeadline, wait = null, share = null, ...supervision } = others;
  const { onNote } = supervision;
  stopIfUnwanted(supervision);
  // Whatever the caller's working folder becomes meanwhile.
  const directory = runDirectory(out);
  const setup = await chooseSetup(experiment, { device, precision, workers: asked, cache, onNote });
  const memory = memoryBound(experiment, askedBytes, setup, (text) => onNote?.(text));
  failed.throwIfAborted();
  const begun = await isBegun(directory);
  // Before anything is written that binds the run to this engine, but not where there may be nothing left to do.
  if (!begun) await requireFirst(setup);
  const { experiment: planned, notes } = await planOnDevices(experiment, directory, setup, memory);
  let seen: SeenImages | null = null;
  const check = async (open: OpenExperiment): Promise<void> => {
    seen = await checkAllInputs(open, trustImages);
  };
  const opened = await openRun(planned, directory, { rescore, check, note: onNote });
  for (const text of inputNotes(opened)) onNote?.(text);
  // Before images are looked at: what keeps its scores is held to them as all others.
  await carryOver(opened, (text) => onNote?.(text));
  if (!trustImages) {
    seen ??= await lookAtImages(opened);
    const fresh = await keepViews(opened, seen);
    const note = (text: string): void => supervision.onNote?.(text);
    await setChangedImagesAside(opened, await allPlanned(opened), seen, fresh, note);
    failed.throwIfAborted();
    stopIfUnwanted(supervision);
  }
  if (retry) await retryErrors(opened, await allPlanned(opened));
  const measure = async (): Promise<void> => {
    if (!costs) return;
    const { stop, kill } = supervision;
    const note = (text: string): void => onNote?.(text);
    await keepCosts(opened, setup, { memory, cache, deadline, signal: anyOf(stop, kill, failed), note });
  };
  if (await isFinished(opened)) {
    const gone = seen === null ? null : goneText(opened, seen);
    if (gone !== null) onNote?.(gone);
    // Removes the leases of processes that were killed once the results were there.
    await new Leases(directory.leases).close();
    await measure();
    return { opened, outcome: { nothingToDo: true, memory: null, leftOut: [] } };
  }
  if (begun) await requireFirst(setup);
  for (const note of notes) supervision.onNote?.(note);
  const cores = machineCores();
  if (setup.workers > cores && kindOf(setup.devices).eachHas === 'cores')
    supervision.onNote?.(
      `${setup.workers} workers share ${cores} cores: more than one per core is no faster`,
    );
  const { maxPixels } = experiment;
  const order = {
    ...setup,
    experiment: planned,
    content: contentId(opened.contents),
    views: seen === null ? null : viewIds(seen),
    out: directory.path,
    memory,
    maxPixels,
    deadline,
    cache,
    wait,
    share,
    ...end,
  };
  // Removes the leases of pool processes that were killed and not replaced.
  const supervised = await score(order, { ...supervision, failed }).finally(() =>
    new Leases(directory.leases).close(),
  );
  await measure();
  return { opened, outcome: { nothingToDo: false, ...supervised } };
}

function viewIds(seen: SeenImages): Readonly<Record<string, string>> {
  return Object.fromEntries([...seen].map(([name, { id }]) => [name, id]));
}

/** Checks the first device alone: if another can't be used, its worker reports it. */
async function requireFirst({ devices: [first], precision }: RunSetup): Promise<void> {
  if (first !== undefined) await requireDevice(first, precision);
}
