import type { EngineSession } from './engines/engine.js';

/** The graphs of one model, opened when they are first needed. */
export interface ModelSessions {
  forward(): Promise<EngineSession>;
  perturbation(): Promise<EngineSession>;
  scoring(): Promise<EngineSession>;
  /** Graphs for several ε at once, or null where each has a pass of its own. */
  readonly grid: GridSessions | null;
}

/** The graphs that score several ε of one temperature together, see `GridFiles`. */
export interface GridSessions {
  /** E of the graph for several ε. */
  readonly steps: number;
  several(): Promise<EngineSession>;
  single(): Promise<EngineSession>;
}
