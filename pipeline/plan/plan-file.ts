import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { RunFailedError } from '../errors.js';
import { createExclusively } from '../store/atomic-file.js';
import type { PlannedShard, Wave } from './planned-shard.js';

/** One append-only step of a run's plan. */
export interface PlanStep {
  /** Counted from 1 over both waves. */
  readonly number: number;
  readonly wave: Wave;
  readonly shards: readonly PlannedShard[];
}

// Rows and cells are shared by many shards, so a file lists each of them once and shards name them by index.
const stepSchema = z.strictObject({
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
      forward: z.array(z.number()).optional(),
    }),
  ),
});

/**
 * Reads the plan of a run, the truth about what its shards are. A run that was never planned has no steps.
 * @throws RunFailedError when a plan file is not one
 */
export async function readPlan(folder: string): Promise<PlanStep[]> {
  await mkdir(folder, { recursive: true });
  const names = (await readdir(folder)).filter((name) => /^\d{4,}-wave-[12]\.json$/.test(name));
  names.sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10) || (a < b ? -1 : 1));
  return Promise.all(
    names.map(async (name) => {
      const file = join(folder, name);
      const text = await readFile(file, 'utf8');
      try {
        return decodeStep(Number.parseInt(name, 10), stepSchema.parse(JSON.parse(text)));
      } catch (error) {
        throw new RunFailedError(`${file}: not a plan file of this version; start again with another --out`, {
          cause: error,
        });
      }
    }),
  );
}

/**
 * Adds a step to the plan, unless another process has just added one.
 * @returns false when the number is taken: read the plan again
 */
export async function appendPlanStep(folder: string, step: PlanStep): Promise<boolean> {
  const name = `${String(step.number).padStart(4, '0')}-wave-${step.wave}.json`;
  return createExclusively(join(folder, name), `${JSON.stringify(encodeStep(step))}\n`);
}

function encodeStep(step: PlanStep): z.infer<typeof stepSchema> {
  const rowLists = new Interned<readonly number[]>();
  const epsilonLists = new Interned<readonly number[]>();
  const shards = step.shards.map((shard) => ({
    id: shard.id,
    model: shard.model,
    set: shard.set,
    rows: rowLists.index(Array.from(shard.rows)),
    ...(shard.cells[0] === undefined
      ? { forward: [...shard.forwardTemperatures] }
      : {
          temperature: shard.cells[0].temperature,
          epsilons: epsilonLists.index(shard.cells.map((cell) => cell.epsilon)),
        }),
  }));
  return {
    wave: step.wave,
    rowLists: rowLists.items.map((list) => [...list]),
    epsilonLists: epsilonLists.items.map((list) => [...list]),
    shards,
  };
}

function decodeStep(number: number, step: z.infer<typeof stepSchema>): PlanStep {
  const rowLists = step.rowLists.map((list) => Int32Array.from(list));
  return {
    number,
    wave: step.wave,
    shards: step.shards.map(({ id, model, set, rows, temperature, epsilons, forward }): PlannedShard => {
      const list = rowLists[rows];
      const cells = temperature === undefined ? [] : step.epsilonLists[epsilons ?? -1];
      if (list === undefined || cells === undefined) throw new RangeError(`shard ${id} names a missing list`);
      return {
        id,
        model,
        set,
        rows: list,
        cells: cells.map((epsilon) => ({ epsilon, temperature: temperature ?? 1 })),
        forwardTemperatures: forward ?? [],
      };
    }),
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
