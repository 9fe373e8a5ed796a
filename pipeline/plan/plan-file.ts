import { join } from 'node:path';
import { z } from 'zod';
import { createExclusively } from '../../manifests/output/atomic-file.js';
import { namesIn } from '../../manifests/output/file-system.js';
import { step as namedStep } from '../../manifests/output/step.js';
import { RunFailedError } from '../../stages/errors.js';
import { addTo } from '../../stages/grouped.js';
import { setting } from '../../stages/setting.js';
import type { PlannedShard, Wave } from '../../workers/store/planned-shard.js';
import type { RunDirectory } from '../../workers/store/run-directory.js';
import { readRevisions, type WrittenRevision } from '../store/revisions.js';
import { readSealedJson, sealedJson } from '../store/sealed-json.js';

/** One append-only step of a run's plan. */
export interface PlanStep {
  /** Counted from 1 over both waves. */
  readonly number: number;
  readonly wave: Wave;
  /** The seal of the revision that it was made for. */
  readonly revision: string;
  readonly shards: readonly PlannedShard[];
  /** Of those that have the scores of a former shard with other labels: that one's id, by theirs. Absent where none has. */
  readonly relabelled?: Readonly<Record<string, string>> | undefined;
}

/** A step as it was read, with the revision that it was made for. */
export interface ReadStep extends PlanStep {
  readonly madeFor: WrittenRevision;
}

// Rows and cells are shared by many shards, so a file lists each of them once and shards name them by index.
const stepSchema = z.strictObject({
  number: z.int(),
  revision: z.string(),
  wave: z.literal([1, 2]),
  rowLists: z.array(z.array(z.int())),
  epsilonLists: z.array(z.array(z.number())),
  shards: z.array(
    z.strictObject({
      id: z.string(),
      model: z.string(),
      set: z.string(),
      rows: z.int(),
      temperature: z.number().optional(),
      epsilons: z.int().optional(),
      logits: z.literal(true).optional(),
      readings: z.array(z.tuple([z.string(), z.number()])).optional(),
      /** Absent where the cells have the backward pass. */
      backward: z.literal(false).optional(),
      forward: z.array(z.number()).optional(),
    }),
  ),
  relabelled: z.record(z.string(), z.string()).optional(),
});

/**
 * Reads the plan of a run: what each shard is made of. A run that was never planned has no steps.
 * @throws RunFailedError when a plan file was altered, or was made for a revision that is not there
 */
export async function readPlan(directory: RunDirectory): Promise<ReadStep[]> {
  const folder = directory.plan;
  await namedStep('read plan');
  const names = await stepNames(directory);
  const steps = await Promise.all(
    names.map(async (name) => {
      const file = join(folder, name);
      const step = await readStep(file);
      if (step !== null && name === nameOf(step)) return { file, step };
      throw new RunFailedError(
        `${file}: was altered or damaged, or is of another version; remove it, and the next run plans its shards again`,
      );
    }),
  );
  if (steps.length === 0) return [];
  // Read last, since a revision is there before anything is planned for it.
  const known = new Map((await readRevisions(directory)).map((revision) => [revision.sha256, revision]));
  return steps.map(({ file, step }) => {
    const madeFor = known.get(step.revision);
    if (madeFor !== undefined) return { ...step, madeFor };
    throw new RunFailedError(
      `${file}: was made for a revision of the run that is not in revisions/; restore that, or start another run with another ${setting('out')}`,
    );
  });
}

/** Names of the files of all steps, in their order; none where nothing is planned yet. */
export async function stepNames({ plan }: RunDirectory): Promise<readonly string[]> {
  return (await namesIn(plan))
    .filter((name) => /^\d{4,}-wave-[12]\.json$/.test(name))
    .sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10) || (a < b ? -1 : 1));
}

async function readStep(file: string): Promise<PlanStep | null> {
  const sealed = await readSealedJson(file);
  const parsed = stepSchema.safeParse(sealed?.value);
  return parsed.success ? decodeStep(parsed.data) : null;
}

/**
 * Adds a step to the plan, unless another process has just added one.
 * @returns false when the number is taken: read the plan again
 */
export async function appendPlanStep(folder: string, step: PlanStep): Promise<boolean> {
  return createExclusively(join(folder, nameOf(step)), sealedJson(encodeStep(step)).text);
}

function nameOf({ number, wave }: Pick<PlanStep, 'number' | 'wave'>): string {
  return `${String(number).padStart(4, '0')}-wave-${wave}.json`;
}

function encodeStep(step: PlanStep): z.infer<typeof stepSchema> {
  const rowLists = new InternedRows();
  const epsilonLists = new Interned<readonly number[]>();
  const shards = step.shards.map((shard) => ({
    id: shard.id,
    model: shard.model,
    set: shard.set,
    rows: rowLists.index(shard.rows),
    ...whatOf(shard, epsilonLists),
  }));
  return {
    number: step.number,
    revision: step.revision,
    wave: step.wave,
    rowLists: rowLists.items.map((list) => [...list]),
    epsilonLists: epsilonLists.items.map((list) => [...list]),
    shards,
    ...(step.relabelled === undefined ? {} : { relabelled: step.relabelled }),
  };
}

function whatOf(
  { cells, forwardCells, forwardTemperatures, logits, readings }: PlannedShard,
  lists: Interned<readonly number[]>,
) {
  const [first] = [...cells, ...forwardCells];
  if (first === undefined)
    return {
      forward: [...forwardTemperatures],
      ...(logits === undefined ? {} : { logits }),
      ...(readings === undefined
        ? {}
        : {
            readings: readings.map(({ detector, temperature }): [string, number] => [detector, temperature]),
          }),
    };
  const isBackward = cells.length > 0;
  return {
    temperature: first.temperature,
    epsilons: lists.index((isBackward ? cells : forwardCells).map((cell) => cell.epsilon)),
    ...(isBackward ? {} : { backward: false as const }),
  };
}

/** @returns null when a shard names a list that is not there */
function decodeStep({ number, revision, wave, ...step }: z.infer<typeof stepSchema>): PlanStep | null {
  const rowLists = step.rowLists.map((list) => Int32Array.from(list));
  const isWhole = step.shards.every(
    ({ rows, temperature, epsilons }) =>
      rowLists[rows] !== undefined &&
      (temperature === undefined || step.epsilonLists[epsilons ?? -1] !== undefined),
  );
  if (!isWhole) return null;
  return {
    number,
    revision,
    wave,
    ...(step.relabelled === undefined ? {} : { relabelled: step.relabelled }),
    shards: step.shards.map(
      ({
        id,
        model,
        set,
        rows,
        temperature,
        epsilons,
        forward,
        logits,
        readings,
        backward,
      }): PlannedShard => {
        const list = temperature === undefined ? [] : (step.epsilonLists[epsilons ?? -1] ?? []);
        const cells = list.map((epsilon) => ({ epsilon, temperature: temperature ?? 1 }));
        return {
          id,
          model,
          set,
          rows: rowLists[rows] ?? new Int32Array(),
          cells: backward === false ? [] : cells,
          forwardCells: backward === false ? cells : [],
          forwardTemperatures: forward ?? [],
          ...(logits === undefined ? {} : { logits }),
          ...(readings === undefined
            ? {}
            : { readings: readings.map(([detector, temperature]) => ({ detector, temperature })) }),
        };
      },
    ),
  };
}

/** Numbers equal values alike, in order of first appearance. */
class Interned<T> {
  readonly items: T[] = [];
  readonly #indices = new Map<string, number>();

  index(item: T): number {
    const key = JSON.stringify(item);
    const known = this.#indices.get(key);
    if (known !== undefined) return known;
    this.#indices.set(key, this.items.length);
    return this.items.push(item) - 1;
  }
}

/** Likewise lists of rows, of which models and sets have equal ones by thousands, each of thousands of rows. */
class InternedRows {
  readonly items: Int32Array[] = [];
  readonly #alike = new Map<string, number[]>();

  index(rows: Int32Array): number {
    const alike = `${rows.length} ${rows[0]} ${rows.at(-1)}`;
    const known = this.#alike.get(alike)?.find((index) => isSame(this.items[index], rows));
    if (known !== undefined) return known;
    addTo(this.#alike, alike, this.items.length);
    return this.items.push(rows) - 1;
  }
}

function isSame(known: Int32Array | undefined, rows: Int32Array): boolean {
  return known !== undefined && known.length === rows.length && known.every((row, at) => row === rows[at]);
}
