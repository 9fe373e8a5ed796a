import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { Engine, EngineSession, SessionOptions } from './engines/engine.js';
import type { ModelSessions } from './model-sessions.js';
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

  /** The graphs of a model; those of any other model are closed. */
  async of(model: ModelTask): Promise<ModelSessions> {
    const { forward, gradient } = model;
    const wanted = new Set([forward, ...filesOf(gradient)].map(({ sha256 }) => sha256));
    for (const [graph, session] of this.#open) {
      if (wanted.has(graph)) continue;
      this.#open.delete(graph);
      await (await session).dispose();
    }
    return { forward: () => this.#session(forward), gradient: this.#gradient(gradient) };
  }

  #gradient(files: ModelTask['gradient']): ModelSessions['gradient'] {
    if (files.kind === 'grid')
      return {
        kind: 'grid',
        steps: files.steps,
        several: () => this.#session(files.several),
        single: () => this.#session(files.single),
      };
    return {
      kind: 'passes',
      // Its direction is only ever fed to the scoring graph.
      perturbation: () => this.#session(files.perturbation, ['direction']),
      scoring: () => this.#session(files.scoring),
    };
  }

  #session(graph: GraphFile, keepOnDevice: readonly string[] = []): Promise<EngineSession> {
    const known = this.#open.get(graph.sha256);
    if (known !== undefined) return known;
    const opening = requireUnchanged(graph).then(() =>
      this.#engine.open(graph.file, { ...this.#options, keepOnDevice }),
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

/** Scores go by the model that a graph was compiled from: its file must be what was compiled. */
async function requireUnchanged({ file, sha256 }: GraphFile): Promise<void> {
  const hash = createHash('sha256');
  for await (const part of createReadStream(file)) hash.update(part);
  if (hash.digest('hex') === sha256) return;
  throw new Error(`${file}: this compiled graph was altered since it was compiled; remove it and run again`);
}
