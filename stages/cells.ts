/** One point of the grid: a perturbation size in pixel units ([0, 1] range) and a temperature. */
export interface Cell {
  readonly epsilon: number;
  readonly temperature: number;
}

/** The variants of a detector that the ablation study compares, in the order of the paper's tables 6 and 7. */
export const ablations = ['vanilla', 'only-epsilon', 'only-temperature', 'full'] as const;

export type Ablation = (typeof ablations)[number];

/** A stable text key of a cell, exact for every double. */
export function cellKey(cell: Cell): string {
  return `${cell.epsilon}/${cell.temperature}`;
}

/** Orders cells as ties are broken: smallest ε first, then smallest T (section 3.1). */
export function compareCells(a: Cell, b: Cell): number {
  return a.epsilon - b.epsilon || a.temperature - b.temperature;
}
