import { createHash } from 'node:crypto';
import { placeBelow } from '../../../workers/shard-identity.js';
import { passesPerImage } from '../../../workers/store/planned-shard.js';
import type { ShardTask } from '../../../workers/task.js';

/** Counts what a run directory's runs score, and remembers of what. */
export class ScoredPasses {
  readonly #known = new Set<string>();
  #fresh: string[] = [];
  /** Passes of one image since the last `begin`. */
  count = 0;
  /** What was scored since then although its scores were there. */
  again: { readonly model: string; readonly path: string; readonly what: string }[] = [];

  begin(): void {
    this.count = 0;
    this.again = [];
  }

  /** What was scored so far counts as there from now on. */
  end(): void {
    for (const key of this.#fresh) this.#known.add(key);
    this.#fresh = [];
  }

  note(task: ShardTask): void {
    const { perturbation, scoring, forward, forwardPerturbation } = passesPerImage({
      cells: task.cells,
      forwardCells: task.forwardCells,
      forwardTemperatures: task.forwardTemperatures,
    });
    this.count += (perturbation + scoring + forward + forwardPerturbation) * task.rows.length;
    const { sha256, preprocess } = task.model;
    const { corrupt, ownClasses, identity } = task;
    const of = { ...identity, sha256, preprocess, corrupt: corrupt ?? null, ownClasses: ownClasses ?? null };
    for (const { path, id, base } of task.rows) {
      const image = createHash('sha256')
        .update(JSON.stringify([of, placeBelow(task.folder, path), id, base]))
        .digest('hex');
      const keys = [
        ...task.cells.map(({ epsilon, temperature }) => `backward ${epsilon} ${temperature}`),
        ...task.forwardCells.map(({ epsilon, temperature }) => `forward ${epsilon} ${temperature}`),
      ].map((what) => [`${image} ${what}`]);
      const together = [
        ...task.forwardTemperatures.map((temperature) => `forward 0 ${temperature}`),
        ...(task.logits ? ['logits'] : []),
        ...(task.readings ?? []).map(({ detector, temperature }) => `${detector} ${temperature}`),
      ].map((what) => `${image} ${what}`);
      // One forward pass gives all of them: it is done again only where all are there.
      for (const all of together.length === 0 ? keys : [...keys, together]) {
        if (!task.isRetried && all.every((key) => this.#known.has(key)))
          this.again.push({ model: task.model.name, path, what: all.map((key) => key.slice(65)).join(', ') });
        this.#fresh.push(...all);
      }
    }
  }
}
