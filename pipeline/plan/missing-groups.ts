import { type Cell, cellKey } from '../../stages/cells.js';
import type { PlannedShard, ShardPasses } from '../../workers/store/planned-shard.js';
import { type Coverage, coverageOf, type RowTest } from './coverage.js';
import type { Demand } from './demand.js';

/** Rows that are to be scored alike. */
export type RowGroup = ShardPasses & Pick<PlannedShard, 'rows'>;

/**
 * The rows of a demand by what they miss of it.
 * @param earlier the shards planned so far of its model and set
 */
export function missingGroups(demand: Demand, earlier: readonly PlannedShard[]): readonly RowGroup[] {
  const size = demand.set.manifest.rows.length;
  const demanded = new Uint8Array(size);
  for (const row of demand.rows) demanded[row] = 1;
  // Shards of the other wave are of other rows.
  const concerned = earlier.filter(({ rows }) => rows.some((row) => demanded[row] === 1));
  const coverage = coverageOf(concerned, size);
  return [
    ...gradientGroups(demand, coverage),
    ...forwardCellGroups(demand, coverage),
    ...forwardGroups(demand, coverage),
  ];
}

function gradientGroups({ rows, cells }: Demand, coverage: Coverage): RowGroup[] {
  return cellGroups(rows, cells, (cell) => coverage.gradientAt(cell)).map((group) => ({
    ...group,
    forwardCells: [],
    forwardTemperatures: [],
  }));
}

function forwardCellGroups({ rows, cells, forwardCells }: Demand, coverage: Coverage): RowGroup[] {
  const scored = new Set(cells.map(cellKey));
  const others = forwardCells.filter((cell) => !scored.has(cellKey(cell)));
  return cellGroups(rows, others, (cell) => coverage.forwardAt(cell)).map((group) => ({
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
  coveredAt: (cell: Cell) => RowTest | null,
): { readonly rows: Int32Array; readonly cells: readonly Cell[] }[] {
  return ascending(cells.map((cell) => cell.temperature)).flatMap((temperature) => {
    const epsilons = ascending(
      cells.filter((cell) => cell.temperature === temperature).map((cell) => cell.epsilon),
    );
    const wanted = epsilons.map((epsilon) => ({
      value: epsilon,
      isCovered: coveredAt({ epsilon, temperature }),
    }));
    return groupRows(rows, wanted).map((group) => ({
      rows: group.rows,
      cells: group.values.map((epsilon) => ({ epsilon, temperature })),
    }));
  });
}

/** T of the rows in which logits are kept, or what is read of them, where nothing else is wanted of the forward pass. */
const ANY_TEMPERATURE = 1;

function forwardGroups({ rows, cells, forwardTemperatures, logits }: Demand, coverage: Coverage): RowGroup[] {
  const scored = new Set(cells.filter((cell) => cell.epsilon === 0).map((cell) => cell.temperature));
  const wanted = ascending(forwardTemperatures)
    .filter((temperature) => !scored.has(temperature))
    .map((temperature) => ({
      value: temperature,
      isCovered: coverage.forwardAt({ epsilon: 0, temperature }),
    }));
  const groupsOf = (some: Int32Array, kept: Pick<ShardPasses, 'logits' | 'readings'>): RowGroup[] =>
    groupRows(some, wanted, kept.logits || kept.readings ? [ANY_TEMPERATURE] : []).map((group) => ({
      rows: group.rows,
      cells: [],
      forwardCells: [],
      forwardTemperatures: group.values,
      ...kept,
    }));
  if (logits !== 'all') {
    const lacking = groupRows(
      rows,
      logits.map((reading, at) => ({ value: at, isCovered: coverage.readingAt(reading) })),
    );
    const lacks = new Set(lacking.flatMap((group) => [...group.rows]));
    return [
      ...lacking.flatMap(({ values, rows: some }) =>
        groupsOf(some, { readings: values.flatMap((at) => logits[at] ?? []) }),
      ),
      ...groupsOf(lacks.size === 0 ? rows : rows.filter((row) => !lacks.has(row)), {}),
    ];
  }
  const { hasLogits } = coverage;
  return [
    ...groupsOf(hasLogits === null ? rows : rows.filter((row) => !hasLogits(row)), { logits: true }),
    ...groupsOf(hasLogits === null ? new Int32Array() : rows.filter(hasLogits), {}),
  ];
}

/** A value that rows may miss, and what tells which rows do not; null where all do. */
interface Wanted {
  readonly value: number;
  readonly isCovered: RowTest | null;
}

interface ValueGroup {
  readonly values: readonly number[];
  readonly rows: Int32Array;
}

/**
 * Rows by what they miss, in order of appearance; rows that miss nothing are in no group.
 * @param otherwise what those miss all the same
 */
function groupRows(
  rows: Int32Array,
  wanted: readonly Wanted[],
  otherwise: readonly number[] = [],
): readonly ValueGroup[] {
  if (rows.length === 0) return [];
  const missed = (isCovered: (one: Wanted) => boolean): readonly number[] => {
    const values = wanted.filter((one) => !isCovered(one)).map(({ value }) => value);
    return values.length === 0 ? otherwise : values;
  };
  const tests = wanted.flatMap(({ isCovered }) => (isCovered === null ? [] : [isCovered]));
  if (tests.length === 0) {
    const values = missed(() => false);
    return values.length === 0 ? [] : [{ values, rows }];
  }
  const groups = new Map<string, { values: readonly number[]; rows: number[] }>();
  // Rows that miss the same mostly follow each other.
  const last = tests.map(() => false);
  let group: { rows: number[] } | null = null;
  for (const row of rows) {
    if (group === null || !tests.every((test, index) => test(row) === last[index])) {
      tests.forEach((test, index) => {
        last[index] = test(row);
      });
      const values = missed(({ isCovered }) => isCovered?.(row) === true);
      const key = values.join();
      const found = groups.get(key) ?? { values, rows: [] };
      groups.set(key, found);
      group = found;
    }
    group.rows.push(row);
  }
  return [...groups.values()]
    .filter(({ values }) => values.length > 0)
    .map((one) => ({ values: one.values, rows: Int32Array.from(one.rows) }));
}

function ascending(values: readonly number[]): number[] {
  return [...new Set(values)].sort((a, b) => a - b);
}
