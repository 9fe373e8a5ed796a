import type { Manifest } from '../../manifests/manifest.js';
import { ensembleMeasures } from '../../stages/ensembles/measures.js';
import { Members } from '../../stages/ensembles/members.js';
import { InputError } from '../../stages/errors.js';
import type { ScoreColumns, SplitScores } from '../../stages/metrics/split-scores.js';
import type { PlannedShard } from '../../workers/store/planned-shard.js';
import type { ShardSource } from '../../workers/store/shard-store.js';
import { loadLogits } from './load-logits.js';

/** One split of one set as an ensemble sees it. */
export interface EnsembleRequest {
  readonly ensemble: { readonly name: string; readonly models: readonly string[] };
  readonly set: string;
  readonly manifest: Manifest;
  /** Row indices of the split, ascending. */
  readonly rows: Int32Array;
}

/** Images whose logits are in memory together, of all members. */
const together = 4096;

/**
 * The measures of an ensemble on a split, from the logits that its members' shards keep, at ε = 0 and T = 1. Images that failed
 * for any member are left out.
 * @param planned all shards of the plan
 * @returns scores whose columns have the measures by name (`ofLogits`) and the class of the largest mean probability
 * @throws RunFailedError when logits are missing
 * @throws InputError when members have different numbers of classes
 */
export async function loadEnsemble(
  source: ShardSource,
  planned: readonly PlannedShard[],
  { ensemble, set, manifest, rows }: EnsembleRequest,
): Promise<SplitScores> {
  const usable: number[] = [];
  const predicted: number[] = [];
  const values = ensembleMeasures.map(({ name }) => ({ name, column: [] as number[] }));
  for (let start = 0; start < rows.length; start += together) {
    const block = rows.subarray(start, start + together);
    const members = await blockOf(source, planned, { ensemble, set, manifest, rows: block });
    for (const row of block) {
      const logits = members.flatMap((member) => member.get(row) ?? []);
      if (logits.length < members.length) continue;
      const seen = new Members(logits);
      usable.push(row);
      predicted.push(largestOf(seen.logMean));
      for (const [nth, measure] of ensembleMeasures.entries()) values[nth]?.column.push(measure.value(seen));
    }
  }
  const none = new Float64Array(usable.length).fill(Number.NaN);
  const columns: ScoreColumns = {
    predicted: Int32Array.from(predicted),
    maxLogit: none,
    logOdds: none,
    logSG: null,
    ofLogits: new Map(values.map(({ name, column }) => [name, Float64Array.from(column)])),
  };
  return {
    set,
    size: usable.length,
    labels: Int32Array.from(usable, (row) => manifest.rows.labelAt(row) ?? -1),
    idAt: (image) => manifest.rows.idAt(usable[image] ?? -1),
    baseAt: (image) => manifest.rows.baseAt(usable[image] ?? -1),
    failed: rows.length - usable.length,
    at: () => columns,
  };
}

/** Logits by row, of each member. */
async function blockOf(
  source: ShardSource,
  planned: readonly PlannedShard[],
  { ensemble, ...request }: EnsembleRequest,
): Promise<readonly ReadonlyMap<number, Float32Array>[]> {
  const members: Map<number, Float32Array>[] = [];
  const classes = new Map<string, number>();
  for (const model of ensemble.models) {
    const byRow = new Map<number, Float32Array>();
    for await (const { row, logits } of loadLogits(source, planned, { model, ...request })) {
      byRow.set(row, logits.slice());
      classes.set(model, logits.length);
    }
    members.push(byRow);
  }
  if (new Set(classes.values()).size > 1) {
    const each = Array.from(classes, ([model, count]) => `${model} ${count}`).join(', ');
    throw new InputError(
      `ensemble "${ensemble.name}": its members have different numbers of classes (${each}); name models of the same classes`,
    );
  }
  return members;
}

function largestOf(values: Float64Array): number {
  let largest = 0;
  for (const [c, value] of values.entries()) if (value > (values[largest] ?? Number.NaN)) largest = c;
  return largest;
}
