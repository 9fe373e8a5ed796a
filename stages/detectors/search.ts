import { type Ablation, type Cell, cellKey, compareCells } from '../cells.js';

/** The values that an experiment searches over: ε in pixel units ([0, 1] range), T. */
export interface Grid {
  readonly epsilon: readonly number[];
  readonly temperature: readonly number[];
}

/**
 * The cells that an ablation chooses from (section 3.2): ε = 0 and T = 1 are what it is without perturbation and
 * without temperature, whether or not the grid holds them.
 * @returns distinct cells in the order in which ties are broken
 */
export function ablationCells(ablation: Ablation, grid: Grid): readonly Cell[] {
  switch (ablation) {
    case 'vanilla':
      return product([0], [1]);
    case 'only-epsilon':
      return product(grid.epsilon, [1]);
    case 'only-temperature':
      return product([0], grid.temperature);
    case 'full':
      return product(grid.epsilon, grid.temperature);
  }
}

/** Each cell once, in the order in which ties are broken. */
export function distinctCells(cells: Iterable<Cell>): readonly Cell[] {
  const byKey = new Map<string, Cell>();
  for (const cell of cells) byKey.set(cellKey(cell), cell);
  return [...byKey.values()].sort(compareCells);
}

function product(epsilons: readonly number[], temperatures: readonly number[]): readonly Cell[] {
  return distinctCells(
    epsilons.flatMap((epsilon) => temperatures.map((temperature) => ({ epsilon, temperature }))),
  );
}
