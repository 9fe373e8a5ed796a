import { setting } from '../../stages/setting.js';
import type { PlannedShard } from '../../workers/store/planned-shard.js';
import type { OpenRun } from '../opening/opened.js';
import { RowMarks } from '../store/row-marks.js';
import { imageKey, imagesAmong } from '../store/survey.js';

/** A run ends early because most images fail only after so many were tried. */
const TRIED_AT_LEAST = 100;

/** Which images were tried, and which could not be used, each once for each model. */
export class ImageRecord {
  readonly #tried = new Map<string, RowMarks>();
  readonly #failures = new Map<string, string>();

  /** @param failures rows of the shard with what was wrong with them */
  note(shard: PlannedShard, failures: readonly { readonly row: number; readonly message: string }[]): void {
    const key = `${shard.model}\0${shard.set}`;
    const tried = this.#tried.get(key) ?? new RowMarks();
    this.#tried.set(key, tried);
    for (const row of shard.rows) tried.add(row);
    for (const { row, message } of failures) this.#failures.set(imageKey(shard, row), message);
  }

  /** Images that could not be used, each once. */
  get failed(): number {
    return imagesAmong(this.#failures.keys());
  }

  /**
   * Checks the images that could not be used against `maxBadFraction` of all images of the run, and against those that
   * were tried: where most fail, more of the same is of no use.
   * @returns what is wrong, or null
   */
  problem({ models, sets, experiment }: OpenRun): string | null {
    const perModel = sets.reduce((sum, { split }) => sum + split.validation.length + split.test.length, 0);
    const total = perModel * models.length;
    const counted = models.length === 1 ? 'images' : `images (each counted for ${models.length} models)`;
    const failed = this.#failures.size;
    const [first] = this.#failures.values();
    const remedy =
      'scores are kept: fix the images or the manifest and run again, or raise "maxBadFraction" and run again; ' +
      `${setting('retryErrors')} tries all of them once more`;
    const { maxBadFraction } = experiment;
    if (failed > maxBadFraction * total)
      return (
        `${failed} of ${total} ${counted} could not be used, more than maxBadFraction ${maxBadFraction} allows ` +
        `(the first: ${first}); ${remedy}`
      );
    const tried = [...this.#tried.values()].reduce((sum, { size }) => sum + size, 0);
    if (maxBadFraction >= 0.5 || tried < TRIED_AT_LEAST || failed <= tried / 2) return null;
    return `${failed} of the first ${tried} ${counted} could not be used (the first: ${first}), so the run is ended early; ${remedy}`;
  }
}
