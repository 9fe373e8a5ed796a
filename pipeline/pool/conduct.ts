import type { PlannedShard } from '../../workers/store/planned-shard.js';
import { clearTemporaries } from '../../workers/store/run-directory.js';
import { ImageRecord } from '../inputs/bad-images.js';
import { imagesSeen } from '../inputs/seen-images.js';
import { Journal } from '../journal/journal.js';
import { isLatest, requireLatest } from '../opening/latest-revision.js';
import type { OpenRun } from '../opening/opened.js';
import type { MemoryPlan } from '../plan/memory-plan.js';
import { checksumsOf, finishRun, resultShards } from '../results/finish-run.js';
import { areResultsCurrent, writeSelection } from '../results/stored-results.js';
import { chosenWave, searchWave, selectCells } from '../waves/select-cells.js';
import { completeWave } from './complete-wave.js';
import type { Conducting, ConductOptions } from './conducting.js';
import type { DeviceWorker } from './device-workers.js';
import type { Progress } from './pool-messages.js';
import { orBadImages } from './report-bad-images.js';
import { planRunMemory } from './run-memory.js';
import { shardClaims } from './shard-claims.js';
import { oneAtATime } from './shared-work.js';

/**
 * Takes a run from wherever it is to its end: validation images at every cell, selection, test images at the chosen
 * cells, reduction. Everything finished is kept, and shards that other processes score are left to them.
 * @returns what memory was planned, or null when it was stopped
 * @throws InputError when not even one worker fits in the memory allowed
 */
export async function conductRun(run: OpenRun, options: ConductOptions): Promise<MemoryPlan | null> {
  try {
    const own = await imagesSeen(run, options.views);
    const memory = await planRunMemory(run, options);
    const conducting = begin(run, options, own, memory);

    const validation = await completeWave(conducting, searchWave(run));
    if (validation === null) return null;
    if (options.lastWave === 1) return memory;

    report(conducting, 'selecting', 1);
    const selected = await orBadImages(run, validation, () =>
      selectCells({ ...run, checksums: conducting.checksums }, validation),
    );
    await isLatest(run);
    await writeSelection(run, selected.rows);

    const test = await completeWave(conducting, chosenWave(run, selected.rows));
    if (test === null) return null;
    // Removes what processes left half-written that were killed meanwhile.
    await clearTemporaries(run.directory);

    if (options.reduce && !(await reduceOnce(conducting, test, selected))) return null;
    noteOrigins(conducting);
    return memory;
  } finally {
    await options.leases.close();
  }
}

function begin(
  run: OpenRun,
  options: ConductOptions,
  own: Conducting['own'],
  memory: MemoryPlan,
): Conducting {
  let workers: readonly DeviceWorker[] | undefined;
  return {
    ...options,
    run,
    own,
    crew: () => {
      workers ??= options.startWorkers(memory.workers, memory.decodingBytes);
      return workers;
    },
    dismiss: async () => {
      for (const worker of workers ?? []) await worker.close();
    },
    journal: new Journal(run.directory.journals),
    claim: shardClaims(run.directory, options.leases, options.note),
    images: new ImageRecord(),
    origins: new Set(),
    checksums: new Map(),
    multiplicationsOf: async (model) =>
      (await options.compiled.of(model, run.experiment.batchSize)).description.multiplications,
  };
}

/** Metrics and tables, by this process or another. @returns whether they are there; not where it was stopped */
async function reduceOnce(
  conducting: Conducting,
  test: readonly PlannedShard[],
  selected: Awaited<ReturnType<typeof selectCells>>,
): Promise<boolean> {
  const { run, checksums } = conducting;
  await requireLatest(run);
  report(conducting, 'reducing', 2);
  // The threads that resample would come on top of those that scored.
  await conducting.dismiss();
  return oneAtATime(conducting.leases, {
    name: 'reduction',
    does: 'computes metrics and tables',
    isDone: () => areResultsCurrent(run, checksumsOf(resultShards(run, test, selected.rows), checksums)),
    work: () => orBadImages(run, test, () => finishRun(run, test, selected, checksums, conducting.resampler)),
    isStopped: conducting.isStopped,
    note: conducting.note,
  });
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
