import type { EngineSession } from '../engines/engine.js';

/** Opens a graph, or gives what was opened before. */
export type OpenGraph = () => Promise<EngineSession>;

/** The graphs of one model, opened when they are first needed. */
export interface ModelSessions {
  /** Left out where nothing is to be scored by a forward pass alone. */
  readonly forward?: OpenGraph;
  readonly gradient: PassSessions | GridSessions;
  /** Left out where no forward pass reads a perturbed image. */
  readonly moving?: MovingSessions;
  /** Closes those that are open. */
  dispose(): Promise<void>;
}

/** The graphs for each pass of its own, see `PassFiles`. */
export interface PassSessions {
  readonly kind: 'passes';
  readonly perturbation: OpenGraph;
  readonly scoring: OpenGraph;
}

/** The graphs that bring images to where a forward pass reads them at ε > 0, see `MovingFiles`. */
export interface MovingSessions {
  readonly perturbation: OpenGraph;
  readonly move: OpenGraph;
}

/** The graphs that score several ε of one temperature together, see `GridFiles`. */
export interface GridSessions {
  readonly kind: 'grid';
  /** E of the graph for several ε. */
  readonly steps: number;
  readonly several: OpenGraph;
  readonly single: OpenGraph;
}
