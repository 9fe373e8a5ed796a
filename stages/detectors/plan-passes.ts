import { type Cell, cellKey } from '../cells.js';
import type { Detector } from './detector.js';
import { distinctCells, type Grid } from './search.js';

/** What has to be computed for every image; no cell is in two of the lists. */
export interface Passes {
  /** Cells with perturbation (where ε > 0) and a backward pass, in the order in which ties are broken. */
  readonly cells: readonly Cell[];
  /** Cells with perturbation and a forward pass there, ε > 0, in the same order. */
  readonly forwardCells: readonly Cell[];
  /** Temperatures at which ε = 0 needs the forward pass only, ascending. */
  readonly forwardTemperatures: readonly number[];
}

/** One cell that a detector is to be evaluated at. */
export interface CellRequest {
  readonly cell: Cell;
  readonly needsGradient: boolean;
}

/** Gives each requested cell to the cheapest pass that serves all who asked for it. */
export function planPasses(requests: Iterable<CellRequest>): Passes {
  const all = [...requests];
  const scored = distinctCells(all.filter(({ needsGradient }) => needsGradient).map(({ cell }) => cell));
  const keys = new Set(scored.map(cellKey));
  const forward = distinctCells(all.map(({ cell }) => cell).filter((cell) => !keys.has(cellKey(cell))));
  return {
    cells: scored,
    forwardCells: forward.filter(({ epsilon }) => epsilon > 0),
    forwardTemperatures: forward.filter(({ epsilon }) => epsilon === 0).map(({ temperature }) => temperature),
  };
}

/** Whether a detector that needs no gradient is ever evaluated at a perturbed image. */
export function movesForward(detectors: readonly Detector[], grid: Grid): boolean {
  return detectors.some(
    ({ needsGradient, ablations, cells }) =>
      !needsGradient &&
      ablations.some((ablation) => cells(ablation, grid).some(({ epsilon }) => epsilon > 0)),
  );
}

/** What the search over the grid needs on validation images: every cell of every ablation. */
export function searchPasses(detectors: readonly Detector[], grid: Grid): Passes {
  return planPasses(
    detectors.flatMap((detector) =>
      detector.ablations
        .flatMap((ablation) => detector.cells(ablation, grid))
        .map((cell) => ({ cell, needsGradient: detector.needsGradient })),
    ),
  );
}
