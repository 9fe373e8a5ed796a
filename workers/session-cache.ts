import type { SignatureKind } from '../stages/scoring/signature.js';
import type { Engine, EngineSession, SessionOptions } from './engines/engine.js';
import { digestOfGraph } from './onnx-files/graph-files.js';
import { ModelPasses } from './passes/model-passes.js';
import type { ModelSessions } from './passes/model-sessions.js';
import { openGraph } from './passes/open.js';
import type { GraphFile, ModelTask } from './task.js';

/** Keeps the graphs of one model open: shards come model by model, and open graphs cost memory. */
export class SessionCache {
  readonly #engine: Engine;
  readonly #options: Pick<SessionOptions, 'threads'>;
  readonly #open = new Map<string, Promise<EngineSession>>();

  constructor(engine: Engine, options: Pick<SessionOptions, 'threads'>) {
    this.#engine = engine;
    this.#options = options;
  }

  /** The passes of a model; the graphs of any other model are closed. */
  async of(model: ModelTask): Promise<ModelPasses> {
    const { forward, gradient, moving } = model;
    await this.#closeBut([
      forward,
      ...filesOf(gradient),
      ...(moving ? [moving.perturbation, moving.move] : []),
    ]);
    return new ModelPasses(this.#engine, {
      forward: () => this.#session('forward', forward),
      gradient: this.#gradient(gradient),
      ...(moving && {
        moving: {
          perturbation: () => this.#session('perturbation', moving.perturbation),
          move: () => this.#session('move', moving.move),
        },
      }),
      dispose: () => this.#closeBut([]),
    });
  }

  async #closeBut(graphs: readonly GraphFile[]): Promise<void> {
    const wanted = new Set(graphs.map(({ sha256 }) => sha256));
    for (const [graph, session] of this.#open) {
      if (wanted.has(graph)) continue;
      this.#open.delete(graph);
      await (await session).dispose();
    }
  }

  #gradient(files: ModelTask['gradient']): ModelSessions['gradient'] {
    if (files.kind === 'grid')
      return {
        kind: 'grid',
        steps: files.steps,
        several: () => this.#session('grid', files.several),
        single: () => this.#session('grid', files.single),
      };
    return {
      kind: 'passes',
      perturbation: () => this.#session('perturbation', files.perturbation),
      scoring: () => this.#session('scoring', files.scoring),
    };
  }

  #session(kind: SignatureKind, graph: GraphFile): Promise<EngineSession> {
    const known = this.#open.get(graph.sha256);
    if (known !== undefined) return known;
    const opening = requireUnchanged(graph).then(() =>
      openGraph(this.#engine, kind, graph.file, this.#options),
    );
    this.#open.set(graph.sha256, opening);
    // A graph that could not be opened is tried again by the next task.
    opening.catch(() => this.#open.delete(graph.sha256));
    return opening;
  }
}

function filesOf(gradient: ModelTask['gradient']): readonly GraphFile[] {
  return gradient.kind === 'grid'
    ? [gradient.several, gradient.single]
    : [gradient.perturbation, gradient.scoring];
}

/**
 * Scores are recorded under the model that a graph was compiled from, so the file must be the one that was compiled.
 */
async function requireUnchanged({ file, sha256 }: GraphFile): Promise<void> {
  if ((await digestOfGraph(file)) === sha256) return;
  throw new Error(`${file}: this compiled graph was altered since it was compiled; remove it and run again`);
}
