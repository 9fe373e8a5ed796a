import type { Engine, HostTensor } from '../engines/engine.js';
import { BatchPasses } from './batch-passes.js';
import type { ModelSessions } from './model-sessions.js';

/**
 * The passes of one model on one device: all that is ever computed of an image goes through here, and nothing else
 * knows what graphs call their inputs and outputs. Not to be used by two callers at once.
 */
export class ModelPasses {
  readonly #engine: Pick<Engine, 'upload'>;
  readonly #sessions: ModelSessions;

  /** @param sessions its graphs, which are this object's to close */
  constructor(engine: Pick<Engine, 'upload'>, sessions: ModelSessions) {
    this.#engine = engine;
    this.#sessions = sessions;
  }

  /** How many ε are perturbed and scored together; null where perturbation and scoring are passes of their own. */
  get stepsTogether(): number | null {
    const { gradient } = this.#sessions;
    return gradient.kind === 'grid' ? gradient.steps : null;
  }

  /**
   * Brings a batch to the device.
   * @param images [N, C, H, W], preprocessed
   * @returns its passes, the caller's to dispose of
   */
  upload(images: HostTensor): Promise<BatchPasses> {
    return BatchPasses.upload(this.#engine, this.#sessions, images);
  }

  /** Brings a batch to the device, and gives back all that was held for it when the work is done or has failed. */
  async withBatch<Result>(
    images: HostTensor,
    work: (batch: BatchPasses) => Promise<Result>,
  ): Promise<Result> {
    const batch = await this.upload(images);
    try {
      return await work(batch);
    } finally {
      batch.dispose();
    }
  }

  /** Closes the graphs that are open. */
  dispose(): Promise<void> {
    return this.#sessions.dispose();
  }
}
