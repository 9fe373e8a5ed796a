import type { Engine, EngineSession, SessionOptions } from './engines/engine.js';
import type { ModelSessions } from './score-shard.js';
import type { ModelTask } from './task.js';

/** Keeps the graphs of one model open: shards come model by model, and open graphs cost memory. */
export class SessionCache {
  readonly #engine: Engine;
  readonly #options: Pick<SessionOptions, 'threads'>;
  readonly #open = new Map<string, Promise<EngineSession>>();

  constructor(engine: Engine, options: Pick<SessionOptions, 'threads'>) {
    this.#engine = engine;
    this.#options = options;
  }

  /** The graphs of a model; those of any other model are closed. */
  async of(model: ModelTask): Promise<ModelSessions> {
    const wanted = new Set([model.forward, model.perturbation, model.scoring]);
    for (const [file, session] of this.#open) {
      if (wanted.has(file)) continue;
      this.#open.delete(file);
      await (await session).dispose();
    }
    return {
      forward: () => this.#session(model.forward),
      // Its direction is only ever fed to the scoring graph.
      perturbation: () => this.#session(model.perturbation, ['direction']),
      scoring: () => this.#session(model.scoring),
    };
  }

  #session(file: string, keepOnDevice: readonly string[] = []): Promise<EngineSession> {
    const known = this.#open.get(file);
    if (known !== undefined) return known;
    const opening = this.#engine.open(file, { ...this.#options, keepOnDevice });
    this.#open.set(file, opening);
    // A graph that could not be opened is tried again by the next task.
    opening.catch(() => this.#open.delete(file));
    return opening;
  }
}
