import { contentDigest } from '../../pipeline/inputs/content-digest.js';
import { Journal } from '../../pipeline/journal/journal.js';
import { openRecorded } from '../../pipeline/opening/open-run.js';
import { identityOn, type OpenModel, type OpenRun, type OpenSet } from '../../pipeline/opening/opened.js';
import { validSteps } from '../../pipeline/opening/valid-steps.js';
import { readPlan } from '../../pipeline/plan/plan-file.js';
import { type PlannedShard, passesPerImage, type Wave } from '../../workers/store/planned-shard.js';
import type { RunDirectory } from '../../workers/store/run-directory.js';
import { encodeShard } from '../../workers/store/shard-file.js';
import { publishShard, shardIdsIn } from '../../workers/store/shard-store.js';
import { MadeUpScores } from './made-up-scores.js';

/** Shards that are written side by side: flushing a file to the disk is waiting. */
const sideBySide = 16;

/**
 * Writes the shards of a wave that are planned and not there, as they would be if their scores were noise, and the journals of the
 * tasks that would have scored them.
 * @param tasks among which they are divided
 * @returns how many were written
 */
export async function writeMadeUpShards(directory: RunDirectory, wave: Wave, tasks: number): Promise<number> {
  const run = await openRecorded(directory);
  const steps = await validSteps(run, directory, await readPlan(directory));
  const there = await shardIdsIn(directory);
  const planned = steps.filter((step) => step.wave === wave).flatMap(({ shards }) => shards);
  const missing = planned.filter(({ id }) => !there.has(id));
  const encode = await encoder(run);
  let next = 0;
  const writeOn = async (): Promise<void> => {
    for (let at = next++; at < missing.length; at = next++) {
      const shard = missing[at];
      if (shard !== undefined) await publishShard(directory, shard.id, encode(shard));
    }
  };
  await Promise.all(Array.from({ length: sideBySide }, writeOn));
  await writeJournals(directory, missing, tasks);
  return missing.length;
}

/** Encodes shards, best in the order of the plan. */
async function encoder(run: OpenRun): Promise<(shard: PlannedShard) => Uint8Array> {
  const models = new Map(run.models.map((model) => [model.name, model]));
  const sets = new Map(run.sets.map((set) => [set.name, set]));
  // All names lead to one image.
  const image = await contentDigest(run.sets[0]?.rows.rows.pathAt(0) ?? '');
  let last: { readonly key: string; readonly scores: MadeUpScores } | null = null;
  return (shard) => {
    const [model, set] = [models.get(shard.model), sets.get(shard.set)];
    if (model === undefined || set === undefined) throw new RangeError(`${shard.id} is of no model or set`);
    const key = `${shard.model}\0${shard.set}`;
    if (last?.key !== key)
      last = {
        key,
        scores: new MadeUpScores(model.name, set.name, set.rows.rows.length, set.role === 'outlier'),
      };
    return bytesOf(shard, { model, set, image, scores: last.scores });
  };
}

interface Made {
  readonly model: OpenModel;
  readonly set: OpenSet;
  /** sha256 (hex) of every image. */
  readonly image: string | null;
  readonly scores: MadeUpScores;
}

function bytesOf(shard: PlannedShard, { model, set, image, scores }: Made): Uint8Array {
  const { rows } = set.rows;
  const own = Array.from(shard.rows);
  const cells = [
    ...shard.cells.map((cell) => ({ ...cell, gradient: true })),
    ...shard.forwardCells.map((cell) => ({ ...cell, gradient: false })),
    ...shard.forwardTemperatures.map((temperature) => ({ epsilon: 0, temperature, gradient: false })),
  ];
  const size = own.length * cells.length;
  const predicted = new Int32Array(size);
  const [maxLogit, logOdds, logSG] = [new Float64Array(size), new Float64Array(size), new Float64Array(size)];
  for (const [nth, cell] of cells.entries()) {
    const at = scores.at(cell, shard.rows, (row) => rows.labelAt(row));
    predicted.set(at.predicted, nth * own.length);
    maxLogit.set(at.maxLogit, nth * own.length);
    logOdds.set(at.logOdds, nth * own.length);
    if (cell.gradient) logSG.set(at.logSG, nth * own.length);
  }
  const identity = identityOn(model, set);
  return encodeShard(
    {
      ids: own.map((row) => rows.idAt(row)),
      labels: own.map((row) => rows.labelAt(row)),
      paths: own.map((row) => rows.placeAt(row)),
      digests: own.map(() => image),
      usable: Array.from(own.keys()),
      ...{ cells, predicted, maxLogit, logOdds, logSG },
      failures: [],
    },
    {
      identity: shard.id,
      ...{ engine: 'made-up', engineVersion: '0', provider: 'none', processor: 'none' },
      batchSize: identity.batchSize,
      stepsTogether: identity.stepsTogether ?? 1,
      modelSha256: identity.sha256,
    },
  );
}

/** A journal a task, of the shards that it would have scored, one a minute. */
async function writeJournals(
  directory: RunDirectory,
  shards: readonly PlannedShard[],
  tasks: number,
): Promise<void> {
  const minute = 60_000;
  const start = Date.now() - Math.ceil(shards.length / tasks) * minute;
  for (let task = 0; task < Math.min(tasks, shards.length); task += 1) {
    // A name of its own: they go by the time at which a process began.
    const journal = new Journal(directory.journals, start + task);
    for (let nth = task; nth < shards.length; nth += tasks) {
      const shard = shards[nth];
      if (shard === undefined) continue;
      const from = start + Math.floor(nth / tasks) * minute;
      const { perturbation, scoring, forward, forwardPerturbation } = passesPerImage(shard);
      await journal.note({
        ...{ shard: shard.id, model: shard.model, set: shard.set, worker: 0, device: 'cpu' },
        ...{ from, to: from + minute, images: shard.rows.length, failed: [] },
        passes: perturbation + scoring + forward + forwardPerturbation,
      });
    }
    await journal.close();
  }
}
