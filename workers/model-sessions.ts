import type { EngineSession } from './engines/engine.js';

/** The graphs of one model, opened when they are first needed. */
export interface ModelSessions {
  forward(): Promise<EngineSession>;
  readonly gradient: PassSessions | GridSessions;
}

/** The graphs for each pass of its own, see `PassFiles`. */
export interface PassSessions {
  readonly kind: 'passes';
  perturbation(): Promise<EngineSession>;
  scoring(): Promise<EngineSession>;
}

/** The graphs that score several ε of one temperature together, see `GridFiles`. */
export interface GridSessions {
  readonly kind: 'grid';
  /** E of the graph for several ε. */
  readonly steps: number;
  several(): Promise<EngineSession>;
  single(): Promise<EngineSession>;
}
