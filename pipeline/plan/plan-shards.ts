import type { Manifest } from '../../manifests/manifest.js';
import { type Cell, cellKey } from '../../stages/cells.js';
import type { ReadingName } from '../../stages/detectors/logit-readings.js';
import type { ModelIdentity } from '../../workers/shard-identity.js';
import { type PlannedShard, passesPerImage, type ShardPasses } from '../../workers/store/planned-shard.js';
import type { KeptLogits } from '../experiment/kept-logits.js';
import { type Coverage, coverageOf } from './coverage.js';
import { imagesWithLogits } from './kept-rows.js';
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
  /** Cells, ε > 0, that need a forward pass there; those among `cells` are not planned again. */
  readonly forwardCells: readonly Cell[];
  /** Temperatures needed at ε = 0 without it; those among `cells` are not planned again. */
  readonly forwardTemperatures: readonly number[];
  /** What is to be kept of the logits at ε = 0. */
  readonly logits: KeptLogits;
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
    const groups = [
      ...gradientGroups(demand, coverage),
      ...forwardCellGroups(demand, coverage),
      ...forwardGroups(demand, coverage),
    ];
    return groups.flatMap((group) => {
      const seconds = nominalSeconds(passesPerImage(group), model.multiplications);
      const { batchSize } = model.identity;
      const images = group.logits ? imagesWithLogits : imagesPerShard;
      const size = images(seconds, shardSeconds, batchSize);
      return ranges(group.rows, size).map((rows): PlannedShard => {
        const shard = { model: model.name, set: set.name, ...group, rows };
        return { id: identityOf(model.identity, set.manifest, shard), ...shard };
      });
    });
  });
}

type Group = ShardPasses & Pick<PlannedShard, 'rows'>;

function gradientGroups({ rows, cells }: Demand, coverage: Coverage): Group[] {
  const isCovered = (row: number, cell: Cell): boolean => coverage.hasGradient(row, cell);
  return cellGroups(rows, cells, isCovered).map((group) => ({
    ...group,
    forwardCells: [],
    forwardTemperatures: [],
  }));
}

function forwardCellGroups({ rows, cells, forwardCells }: Demand, coverage: Coverage): Group[] {
  const scored = new Set(cells.map(cellKey));
  const others = forwardCells.filter((cell) => !scored.has(cellKey(cell)));
  const isCovered = (row: number, cell: Cell): boolean => coverage.hasForward(row, cell);
  return cellGroups(rows, others, isCovered).map((group) => ({
    rows: group.rows,
    cells: [],
    forwardCells: group.cells,
    forwardTemperatures: [],
  }));
}

/** Rows by the cells of each temperature that they miss. */
function cellGroups(
  rows: Int32Array,
  cells: readonly Cell[],
  isCovered: (row: number, cell: Cell) => boolean,
): { readonly rows: Int32Array; readonly cells: readonly Cell[] }[] {
  return ascending(cells.map((cell) => cell.temperature)).flatMap((temperature) => {
    const epsilons = ascending(
      cells.filter((cell) => cell.temperature === temperature).map((cell) => cell.epsilon),
    );
    const missing = (row: number): number[] =>
      epsilons.filter((epsilon) => !isCovered(row, { epsilon, temperature }));
    return groupRows(rows, missing).map((group) => ({
      rows: group.rows,
      cells: group.values.map((epsilon) => ({ epsilon, temperature })),
    }));
  });
}

/** T of the rows in which logits are kept, where nothing else is wanted of the forward pass. */
const ANY_TEMPERATURE = 1;

function forwardGroups(demand: Demand, coverage: Coverage): Group[] {
  const scored = new Set(demand.cells.filter((cell) => cell.epsilon === 0).map((cell) => cell.temperature));
  const temperatures = ascending(demand.forwardTemperatures).filter(
    (temperature) => !scored.has(temperature),
  );
  const missing = (row: number): number[] =>
    temperatures.filter((temperature) => !coverage.hasForward(row, { epsilon: 0, temperature }));
  const groupsOf = (rows: Int32Array, kept: Pick<ShardPasses, 'logits' | 'readings'>): Group[] =>
    groupRows(rows, (row) => {
      const values = missing(row);
      return (kept.logits ?? kept.readings) !== undefined && values.length === 0 ? [ANY_TEMPERATURE] : values;
    }).map((group) => ({
      rows: group.rows,
      cells: [],
      forwardCells: [],
      forwardTemperatures: group.values,
      ...kept,
    }));
  const { rows, logits } = demand;
  if (logits !== 'all') {
    const lacking = groupReadings(rows, logits, coverage);
    return lacking.flatMap((group) => groupsOf(group.rows, group.kept));
  }
  const whole = { logits: true } as const;
  return [
    ...groupsOf(
      rows.filter((row) => !coverage.hasLogits(row)),
      whole,
    ),
    ...groupsOf(
      rows.filter((row) => coverage.hasLogits(row)),
      {},
    ),
  ];
}

/** Rows by the readings that they miss, those that miss some first. */
function groupReadings(rows: Int32Array, readings: readonly ReadingName[], coverage: Coverage) {
  const missing = (row: number): number[] =>
    [...readings.keys()].filter((at) => {
      const reading = readings[at];
      return reading !== undefined && !coverage.hasReading(row, reading);
    });
  return [
    ...groupRows(rows, missing).map((group) => ({
      rows: group.rows,
      kept: { readings: group.values.flatMap((at) => readings[at] ?? []) },
    })),
    { rows: rows.filter((row) => missing(row).length === 0), kept: {} },
  ];
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
