import { formatDuration } from '../../manifests/input/duration.js';
import { type PlannedShard, passesPerImage } from '../../workers/store/planned-shard.js';
import { nominalSeconds } from '../plan/nominal-work.js';
import type { Conducting, ReportWave } from './conducting.js';
import { startingAt } from './first-shard.js';
import { Idleness } from './idleness.js';
import { shardName } from './shard-name.js';
import { workOff } from './shard-queue.js';
import { taskOf } from './shard-task.js';

/**
 * Has the workers score shards, but for those that other processes do.
 * @param missing what is to be scored @param shards all of the wave, by which progress is told
 * @returns whether it went to its end; too many bad images end it early, which the next look at the shards tells
 */
export async function scoreMissing(
  conducting: Conducting,
  missing: readonly PlannedShard[],
  shards: readonly PlannedShard[],
  onProgress: ReportWave,
): Promise<boolean> {
  const { run, images, leases, note, isStopped } = conducting;
  const models = new Map(run.models.map((model) => [model.name, model]));
  const sets = new Map(run.sets.map(({ name, rows }) => [name, rows]));
  const work = await workOf(conducting, shards);
  const sum = (ids: Iterable<string>): number =>
    [...new Set(ids)].reduce((total, id) => total + (work.get(id) ?? 0), 0);
  let left = missing.length;
  let workLeft = sum(missing.map((shard) => shard.id));
  const total = work.size;
  const workTotal = sum(work.keys());
  const report = () =>
    onProgress({ stage: 'scoring', done: total - left, total, workDone: workTotal - workLeft, workTotal });
  report();
  const idleness = new Idleness(conducting.wait);
  let elsewhere = 0;
  let tooManyBad = false;
  const { claims, place } = conducting;
  const order = startingAt(missing, place ?? (claims.othersAtWork ? Math.random() : 0));
  const finished = await workOff(order, {
    workers: conducting.crew().map((worker, place) => ({
      device: worker.device,
      score: async (shard: PlannedShard, batchSize: number) => {
        const model = models.get(shard.model);
        if (model === undefined) throw new RangeError(`no model ${shard.model}`);
        try {
          const from = Date.now();
          const answer = await worker.score(await taskOf(conducting, model, shard, batchSize));
          if (answer.kind === 'finished')
            await conducting.journal.note({
              ...{
                shard: shard.id,
                model: shard.model,
                set: shard.set,
                worker: place,
                device: worker.device,
              },
              ...{ from, to: Date.now(), images: shard.rows.length, passes: allPasses(shard) },
              failed: answer.report.failures.map(({ row }) => shard.rows[row] ?? row),
            });
          return answer;
        } finally {
          // By now its file is in place, or somebody may try again.
          await leases.release(shard.id);
        }
      },
    })),
    batchSize: run.experiment.batchSize,
    claim: (shard) => claims.claim(shard),
    look: (most) => claims.look(most),
    trials: conducting.trials,
    nameOf: (shard) => shardName(shard, sets.get(shard.set)),
    onFinished: (shard, shardReport) => {
      left -= 1;
      if (shardReport === null) elsewhere += 1;
      workLeft -= work.get(shard.id) ?? 0;
      if (shardReport !== null) images.note(shard, shardReport.failures);
      tooManyBad ||= images.problem(run) !== null;
      report();
    },
    note,
    isStopped: () => isStopped() || tooManyBad,
    idleness,
  });
  const here = missing.length - left - elsewhere;
  if (elsewhere > 0)
    note(
      `${here} ${here === 1 ? 'shard was' : 'shards were'} scored by this process, ${elsewhere} by others`,
    );
  if (idleness.wasTooLong)
    note(
      `other processes are at ${left === 1 ? 'the one shard' : `all ${left} shards`} left of this wave; waited ${formatDuration(conducting.wait ?? 0)} for them`,
    );
  return finished || (tooManyBad && !isStopped());
}

/** About how many seconds each shard is, by its identity. */
async function workOf(
  { run, multiplicationsOf }: Conducting,
  shards: readonly PlannedShard[],
): Promise<ReadonlyMap<string, number>> {
  const models = new Map(run.models.map((model) => [model.name, model]));
  const work = new Map<string, number>();
  for (const shard of shards) {
    const model = models.get(shard.model);
    const cost = model === undefined ? 0 : await multiplicationsOf(model);
    work.set(shard.id, nominalSeconds(passesPerImage(shard), cost) * shard.rows.length);
  }
  return work;
}

/** Passes of any kind that one image of a shard takes. */
function allPasses(shard: PlannedShard): number {
  const { perturbation, scoring, forward, forwardPerturbation } = passesPerImage(shard);
  return perturbation + scoring + forward + forwardPerturbation;
}
