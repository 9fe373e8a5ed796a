import type { Cell } from '../stages/cells.js';

/** One run of a graph that scores several ε of one temperature, or of the one for a single ε. */
export interface GridRun {
  /** Index among the shard's cells of the first that it scores; the others are those behind it. */
  readonly first: number;
  /** How many cells it scores. */
  readonly count: number;
  readonly temperature: number;
  /** What the graph is given, as many ε as it takes: those of the cells, the last one repeated where they are fewer. */
  readonly epsilons: readonly number[];
}

/**
 * Divides cells into runs of graphs for `steps` ε and for one. Cells that follow each other at one temperature, ε = 0
 * among them, make full groups; of what is left, more than half a group is padded to one, and less is scored one by one
 * (ResNet-50 on an H200: a group of 5 takes as long as 2.7 ε alone). Depends on nothing but the cells, and keeps their
 * order.
 * @param steps at least 2
 */
export function gridRuns(cells: readonly Cell[], steps: number): readonly GridRun[] {
  const runs: GridRun[] = [];
  for (let first = 0; first < cells.length; ) {
    const temperature = cells[first]?.temperature ?? 1;
    const alike = cells.slice(first, first + steps);
    const end = alike.findIndex((cell) => cell.temperature !== temperature);
    const left = alike.slice(0, end < 0 ? steps : end).map(({ epsilon }) => epsilon);
    const isGroup = left.length > steps / 2;
    const count = isGroup ? left.length : 1;
    const size = isGroup ? steps : 1;
    const epsilons = Array.from({ length: size }, (_, at) => left[Math.min(at, count - 1)] ?? 0);
    runs.push({ first, count, temperature, epsilons });
    first += count;
  }
  return runs;
}
