import { createHash } from 'node:crypto';
import type { ManifestRow } from '../../manifests/manifest.js';
import { InputError } from '../../stages/errors.js';

/** One set before it is split. */
export interface UnsplitSet {
  readonly name: string;
  /** Absolute path of the manifest, for messages. */
  readonly manifest: string;
  readonly rows: readonly ManifestRow[];
  /** Rows to draw for validation. */
  readonly validation: number;
  /** Rows to keep for the test split, or null for all that remain. */
  readonly test: number | null;
}

/** Row indices of one set's splits, in manifest order. */
export interface SetSplit {
  readonly validation: Int32Array;
  readonly test: Int32Array;
  /** Rows in neither split because their base image is in some set's validation split. */
  readonly excluded: number;
}

/**
 * Splits every set by base image. A base's rank is a hash of the seed and its id, so it depends neither on
 * the manifest's order nor on the set: sets that share photographs draw the same ones. Validation takes
 * bases in rank order until it has its rows; no base of any set's validation is in any test split.
 * @throws InputError when a set has too few rows for its validation split, or none left to test on
 */
export function splitSets(sets: readonly UnsplitSet[], seed: number): ReadonlyMap<string, SetSplit> {
  const ranked = sets.map((set) => ({ set, order: rankRows(set.rows, seed) }));
  const validations = ranked.map(({ set, order }) => {
    if (order.length < set.validation) {
      throw new InputError(
        `${set.manifest}: set "${set.name}" has ${order.length} rows, but ${set.validation} are asked for its ` +
          'validation split; lower "validation" or list more images',
      );
    }
    return order.slice(0, set.validation);
  });
  const reserved = new Set<string>();
  ranked.forEach(({ set }, index) => {
    for (const row of validations[index] ?? []) reserved.add(set.rows[row]?.base ?? '');
  });
  return new Map(
    ranked.map(({ set, order }, index) => {
      const validation = validations[index] ?? [];
      const free = order.filter((row) => !reserved.has(set.rows[row]?.base ?? ''));
      if (free.length === 0) {
        throw new InputError(
          `${set.manifest}: set "${set.name}" has no rows left to test on: of ${order.length} rows ` +
            `${validation.length} are its validation split and the others share their photographs with a ` +
            'validation split; lower "validation" or list more images',
        );
      }
      const excluded = order.length - validation.length - free.length;
      return [
        set.name,
        {
          validation: Int32Array.from(validation).sort(),
          test: Int32Array.from(free.slice(0, set.test ?? free.length)).sort(),
          excluded,
        },
      ];
    }),
  );
}

/** Row indices by rank of their base, rows of one base by id. */
function rankRows(rows: readonly ManifestRow[], seed: number): number[] {
  const ranks = new Map<string, string>();
  for (const { base } of rows) {
    if (!ranks.has(base)) ranks.set(base, createHash('sha256').update(`${seed}\0${base}`).digest('hex'));
  }
  const keys = rows.map((row) => `${ranks.get(row.base)}\0${row.id}`);
  return rows.map((_, index) => index).sort((a, b) => compare(keys[a], keys[b]));
}

function compare(a: string | undefined, b: string | undefined): number {
  return (a ?? '') < (b ?? '') ? -1 : 1;
}
