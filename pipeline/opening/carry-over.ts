import { publishRelabelled } from '../../workers/store/shard-store.js';
import { appendPlanStep, readPlan } from '../plan/plan-file.js';
import { type CarriedShard, carriedShards } from './carried-shards.js';
import type { OpenRun } from './opened.js';

/**
 * Plans what finished shards hold of a run under the names and with the labels that it has now, so that it is not scored again. Where
 * labels have changed a shard is written that has them, the file that scoring it would give; the former stays, as those of other
 * experiments do. Of several processes that do so at once all write the same.
 * @param note told of which sets labels have changed
 */
export async function carryOver(run: OpenRun, note: (text: string) => void): Promise<void> {
  for (let isTold = false; ; isTold = true) {
    const steps = await readPlan(run.directory);
    const found = await carriedShards(run, run.directory, steps);
    if (!isTold) for (const text of relabelledTexts(found)) note(text);
    const done: CarriedShard[] = [];
    for (const one of found) if (await publish(run, one)) done.push(one);
    if (done.length === 0 || (await plan(run, steps.at(-1)?.number ?? 0, done))) return;
  }
}

async function publish(run: OpenRun, { shard, former }: CarriedShard): Promise<boolean> {
  if (shard.id === former.id) return true;
  const rows = run.manifestOf(shard.set)?.rows;
  const labels = Array.from(shard.rows, (row) => rows?.labelAt(row) ?? null);
  return publishRelabelled(run.directory, former.id, shard.id, labels);
}

/** @returns false where another process has planned something meanwhile */
async function plan(run: OpenRun, last: number, done: readonly CarriedShard[]): Promise<boolean> {
  let number = last;
  for (const wave of [1, 2] as const) {
    const own = done.filter((one) => one.wave === wave && !one.isPlanned);
    if (own.length === 0) continue;
    number += 1;
    const others = own.filter(({ shard, former }) => shard.id !== former.id);
    const step = {
      ...{ number, wave, revision: run.revision.sha256, shards: own.map(({ shard }) => shard) },
      ...(others.length === 0
        ? {}
        : { relabelled: Object.fromEntries(others.map(({ shard, former }) => [shard.id, former.id])) }),
    };
    if (!(await appendPlanStep(run.directory.plan, step))) return false;
  }
  return true;
}

/** What is said of shards whose labels have changed, a line for each set. */
export function relabelledTexts(carried: readonly CarriedShard[]): readonly string[] {
  const others = carried.filter(({ shard, former }) => shard.id !== former.id);
  const sets = [...new Set(others.map(({ shard }) => shard.set))];
  return sets.map((set) => {
    const own = others.filter(({ shard }) => shard.set === set);
    const images = new Set(own.flatMap(({ relabelled }) => relabelled)).size;
    const what =
      images === 0 ? 'photographs (base)' : `labels of ${images} scored ${images === 1 ? 'image' : 'images'}`;
    return (
      `set "${set}": ${what} changed, on which no score depends: ${own.length} finished ` +
      `${own.length === 1 ? 'shard keeps its' : 'shards keep their'} scores`
    );
  });
}
