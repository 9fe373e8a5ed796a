import { forgetAllTakenOut } from '../../workers/store/retried-shards.js';
import { clearTemporaries } from '../../workers/store/run-directory.js';
import { ImageRecord } from '../inputs/bad-images.js';
import { haveOthersSeenOthers, imagesSeen } from '../inputs/seen-images.js';
import { Journal } from '../journal/journal.js';
import { isLatest, requireLatest } from '../opening/latest-revision.js';
import type { OpenRun } from '../opening/opened.js';
import type { MemoryPlan } from '../plan/memory-plan.js';
import { checksumsOf, finishRun, resultShards } from '../results/finish-run.js';
import { areResultsCurrent, hasResultsOf, readSelection, writeSelection } from '../results/stored-results.js';
import { stampOf } from '../store/file-stamp.js';
import type { WavePasses } from '../waves/plan-wave.js';
import { chosenWave, type Selected, searchWave, selectCells } from '../waves/select-cells.js';
import { allShares, scoreWave, settleWave } from './complete-wave.js';
import type { Conducting, ConductOptions } from './conducting.js';
import type { DeviceWorker } from './device-workers.js';
import { placeAmongTasks } from './first-shard.js';
import { Idleness } from './idleness.js';
import { Patience } from './patience.js';
import type { Progress } from './pool-messages.js';
import { orBadImages } from './report-bad-images.js';
import { planRunMemory } from './run-memory.js';
import { ShardClaims } from './shard-claims.js';
import { oneAtATime } from './shared-work.js';

/**
 * Takes a run from wherever it is to its end: validation images at every cell, selection, test images at the chosen
 * cells, reduction. Everything finished is kept, and shards that other processes score are left to them.
 * @returns what memory was planned, or null when it was stopped
 * @throws InputError when not even one worker fits in the memory allowed
 */
export async function conductRun(run: OpenRun, options: ConductOptions): Promise<MemoryPlan | null> {
  const journal = new Journal(run.directory.journals);
  try {
    const own = await imagesSeen(run, options.views);
    const memory = await planRunMemory(run, options);
    const conducting = begin(run, { ...options, own, journal }, memory);

    if ((await scoreWave(conducting, searchWave(run))) === null) return null;
    if (options.lastWave === 1) return (await settledIfAlone(conducting, searchWave(run))) ? memory : null;

    if (!(await allShares(conducting, searchWave(run)))) return null;
    report(conducting, 'selecting', 1);
    const chosen = await choose(conducting);
    if (chosen === null) return null;

    const test = chosenWave(run, chosen.rows);
    if ((await scoreWave(conducting, test)) === null) return null;
    if (options.reduce && !(await allShares(conducting, test))) return null;
    if (!(options.reduce ? await reduceOnce(conducting, chosen) : await settledIfAlone(conducting, test)))
      return null;
    if (!(await areOwn(conducting, [searchWave(run), test]))) return null;
    noteOrigins(conducting);
    return memory;
  } finally {
    await options.leases.close();
    await journal.close();
  }
}

/** Of several processes each leaves it to whoever uses the scores to check them. @returns false when it was stopped */
async function settledIfAlone(conducting: Conducting, wave: WavePasses): Promise<boolean> {
  if (conducting.share !== null || (await conducting.claims.begin())) return true;
  // Removes what processes left half-written that were killed meanwhile.
  await clearTemporaries(conducting.run.directory);
  return (await settleWave(conducting, wave)) !== null;
}

/**
 * Checks that all scores are of this process's own images, where others had images that looked otherwise.
 * @returns false when it was stopped
 * @throws RunFailedError naming an image that is another here than where it was scored
 */
async function areOwn(conducting: Conducting, waves: readonly WavePasses[]): Promise<boolean> {
  if (!(await haveOthersSeenOthers(conducting.run, conducting.own.seen))) return true;
  for (const wave of waves) if ((await settleWave(conducting, wave)) === null) return false;
  return true;
}

function begin(
  run: OpenRun,
  options: ConductOptions & Pick<Conducting, 'own' | 'journal'>,
  memory: MemoryPlan,
): Conducting {
  let workers: readonly DeviceWorker[] | undefined;
  return {
    ...options,
    run,
    crew: () => {
      workers ??= options.startWorkers(memory.workers, memory.decodingBytes);
      return workers;
    },
    dismiss: async () => {
      for (const worker of workers ?? []) await worker.close();
      workers = undefined;
    },
    claims: new ShardClaims(run.directory, options.leases, options.note),
    scored: new Set(),
    place: placeAmongTasks(process.env),
    images: new ImageRecord(),
    origins: new Set(),
    checksums: new Map(),
    multiplicationsOf: async (model) =>
      (await options.compiled.of(model, run.experiment.batchSize)).description.multiplications,
  };
}

/** The cells that are chosen, and what they were chosen by where this process has done it. */
interface Chosen {
  readonly rows: Selected['rows'];
  readonly selected: Selected | null;
}

/**
 * Chooses cells, by this process or another. Where others are at work and cells are chosen they do: whoever computes the results
 * chooses anew, and finds it out if scores have changed since.
 * @returns null when it was stopped
 */
async function choose(conducting: Conducting): Promise<Chosen | null> {
  const { run, leases, isStopped, note } = conducting;
  const { contentId } = run.revision;
  const file = run.directory.chosen(contentId);
  const before = await stampOf(file);
  const known = before === null ? null : await readSelection(run.directory, contentId);
  if (known !== null && (await conducting.claims.begin())) return { rows: known, selected: null };
  const patience = new Patience();
  for (;;) {
    let selected: Selected | null | undefined;
    const isDone = await oneAtATime(leases, {
      name: `selection-${contentId.slice(0, 16)}`,
      does: 'chooses cells',
      isDone: async () => ![before, null].includes(await stampOf(file)),
      work: async () => {
        selected = await select(conducting);
      },
      ...{ isStopped, note, idleness: new Idleness(conducting.wait) },
    });
    if (!isDone || selected === null) return null;
    if (selected !== undefined) return { rows: selected.rows, selected };
    const rows = await readSelection(run.directory, contentId);
    // It may be gone again, where scores have changed meanwhile, or be found late.
    if (rows !== null) return { rows, selected: null };
    await patience.rest();
  }
}

/** @returns null when it was stopped */
async function select(conducting: Conducting): Promise<Selected | null> {
  const { run, checksums } = conducting;
  const planned = await settleWave(conducting, searchWave(run));
  if (planned === null) return null;
  const selected = await orBadImages(run, planned, () => selectCells({ ...run, checksums }, planned));
  await isLatest(run);
  await writeSelection(run, selected.rows);
  return selected;
}

/** Metrics and tables, by this process or another. @returns whether they are there; not where it was stopped */
async function reduceOnce(conducting: Conducting, chosen: Chosen): Promise<boolean> {
  const { run, leases, isStopped, note, checksums } = conducting;
  const { directory, revision } = run;
  await requireLatest(run);
  report(conducting, 'reducing', 2);
  // The threads that resample would come on top of those that scored.
  await conducting.dismiss();
  const before = await stampOf(directory.finished);
  let isWorkedOff = true;
  const isDone = await oneAtATime(leases, {
    name: 'reduction',
    does: 'computes metrics and tables',
    isDone: async () =>
      ![before, null].includes(await stampOf(directory.finished)) &&
      (await hasResultsOf(directory, revision.contentId)),
    work: async () => {
      const selected = chosen.selected ?? (await select(conducting));
      const planned = selected && (await settleWave(conducting, chosenWave(run, selected.rows)));
      isWorkedOff = planned !== null;
      if (selected === null || planned === null) return;
      await clearTemporaries(directory);
      await conducting.dismiss();
      const shards = resultShards(run, planned, selected.rows);
      if (await areResultsCurrent(run, checksumsOf(shards, checksums))) return;
      // It is gone where shards of this wave were set aside.
      if ((await stampOf(directory.chosen(revision.contentId))) === null)
        await writeSelection(run, selected.rows);
      await orBadImages(run, planned, () =>
        finishRun(run, planned, selected, checksums, conducting.resampler),
      );
      await forgetAllTakenOut(directory);
    },
    ...{ isStopped, note, idleness: new Idleness(conducting.wait) },
  });
  return isDone && isWorkedOff;
}

function report({ onProgress, images }: Conducting, stage: Progress['stage'], wave: Progress['wave']): void {
  onProgress({ done: 0, total: 0, workDone: 0, workTotal: 0, failedImages: images.failed, stage, wave });
}

function noteOrigins({ origins, note }: Conducting): void {
  if (origins.size < 2) return;
  note(
    `the scores were made by ${origins.size} combinations of engine, processor and batch layout, which agree within tolerances but not bit for bit: ` +
      [...origins].sort().join('; '),
  );
}
