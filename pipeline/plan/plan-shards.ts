import type { Manifest } from '../../manifests/manifest.js';
import type { Cell } from '../../stages/cells.js';
import type { ModelIdentity } from '../../workers/shard-identity.js';
import { type PlannedShard, passesPerImage } from '../../workers/store/planned-shard.js';
import { type Coverage, coverageOf } from './coverage.js';
import { imagesPerShard, nominalSeconds } from './nominal-work.js';
import type { IdentityOf } from './valid-shards.js';

/** Rows of one set that one model has to score, and where. */
export interface Demand {
  readonly model: DemandingModel;
  readonly set: { readonly name: string; readonly manifest: Manifest };
  /** Row indices in the manifest, ascending. */
  readonly rows: Int32Array;
  /** Cells that need the backward pass. */
  readonly cells: readonly Cell[];
  /** Temperatures needed at ε = 0 without it; those among `cells` are not planned again. */
  readonly forwardTemperatures: readonly number[];
}

export interface DemandingModel {
  readonly name: string;
  readonly identity: ModelIdentity;
  /** Multiplications of one forward pass. */
  readonly multiplications: number;
}

/**
 * The shards that meet the demands beyond what is planned already. Deterministic: depends on the demands and
 * the plan alone, never on the machine or on how far a run has come. Temperatures never share a shard unless
 * they share a forward pass, so that a further temperature leaves every shard as it was.
 * @param planned all shards planned so far, of any model and set
 * @param identityOf names the shards
 */
export function planShards(
  demands: readonly Demand[],
  planned: readonly PlannedShard[],
  shardSeconds: number,
  identityOf: IdentityOf,
): PlannedShard[] {
  return demands.flatMap((demand) => {
    const { model, set } = demand;
    const earlier = planned.filter((shard) => shard.model === model.name && shard.set === set.name);
    const coverage = coverageOf(earlier, set.manifest.rows.length);
    return [...gradientGroups(demand, coverage), ...forwardGroups(demand, coverage)].flatMap((group) => {
      const seconds = nominalSeconds(passesPerImage(group), model.multiplications);
      const size = imagesPerShard(seconds, shardSeconds, model.identity.batchSize);
      return ranges(group.rows, size).map((rows): PlannedShard => {
        const shard = { model: model.name, set: set.name, ...group, rows };
        return { id: identityOf(model.identity, set.manifest, shard), ...shard };
      });
    });
  });
}

type Group = Pick<PlannedShard, 'rows' | 'cells' | 'forwardTemperatures'>;

function gradientGroups(demand: Demand, coverage: Coverage): Group[] {
  const temperatures = ascending(demand.cells.map((cell) => cell.temperature));
  return temperatures.flatMap((temperature) => {
    const epsilons = ascending(
      demand.cells.filter((cell) => cell.temperature === temperature).map((cell) => cell.epsilon),
    );
    const missing = (row: number): number[] =>
      epsilons.filter((epsilon) => !coverage.hasGradient(row, { epsilon, temperature }));
    return groupRows(demand.rows, missing).map(({ rows, values }) => ({
      rows,
      cells: values.map((epsilon) => ({ epsilon, temperature })),
      forwardTemperatures: [],
    }));
  });
}

function forwardGroups(demand: Demand, coverage: Coverage): Group[] {
  const scored = new Set(demand.cells.filter((cell) => cell.epsilon === 0).map((cell) => cell.temperature));
  const temperatures = ascending(demand.forwardTemperatures).filter(
    (temperature) => !scored.has(temperature),
  );
  const missing = (row: number): number[] =>
    temperatures.filter((temperature) => !coverage.hasForward(row, temperature));
  return groupRows(demand.rows, missing).map(({ rows, values }) => ({
    rows,
    cells: [],
    forwardTemperatures: values,
  }));
}

/** Rows by what they miss, in order of appearance; rows that miss nothing are in no group. */
function groupRows(rows: Int32Array, missing: (row: number) => number[]) {
  const groups = new Map<string, { values: number[]; rows: number[] }>();
  for (const row of rows) {
    const values = missing(row);
    if (values.length === 0) continue;
    const key = values.join();
    const group = groups.get(key) ?? { values, rows: [] };
    groups.set(key, group);
    group.rows.push(row);
  }
  return [...groups.values()].map((group) => ({ ...group, rows: Int32Array.from(group.rows) }));
}

function ranges(rows: Int32Array, size: number): Int32Array[] {
  const count = Math.ceil(rows.length / size);
  return Array.from({ length: count }, (_, index) => rows.subarray(index * size, (index + 1) * size));
}

function ascending(values: readonly number[]): number[] {
  return [...new Set(values)].sort((a, b) => a - b);
}
