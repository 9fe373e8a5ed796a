import { createHash } from 'node:crypto';
import { ByteTexts } from '../../manifests/byte-texts.js';
import type { ManifestRows } from '../../manifests/manifest-rows.js';
import { InputError } from '../../stages/errors.js';

/** One set before it is split. */
export interface UnsplitSet {
  readonly name: string;
  /** Absolute path of the manifest, for messages. */
  readonly manifest: string;
  readonly rows: ManifestRows;
  /** Rows to draw for validation, or null for all. */
  readonly validation: number | null;
  /** Rows to keep for the test split, or null for all that remain; 0 of a set that is not tested on. */
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
  const bases = new RankedBases(seed);
  const drawn = sets.map((set) => ({ set, rows: bases.of(set.rows) }));
  const ordered = drawn.map(({ set, rows }): OrderedSet => {
    const order = bases.order(set.rows, rows);
    const validation = set.validation ?? order.length;
    if (order.length < validation) {
      throw new InputError(
        `${set.manifest}: set "${set.name}" has ${order.length} rows, but ${validation} are asked for its ` +
          'validation split; lower "validation" or list more images',
      );
    }
    return { set, bases: rows, order, validation: order.subarray(0, validation) };
  });
  const reserved = new Uint8Array(bases.count);
  for (const { bases, validation } of ordered) for (const row of validation) reserved[bases[row] ?? 0] = 1;
  // Sets that list the same photographs in the same order share their splits.
  const known = new Map<Int32Array, Map<string, SetSplit>>();
  return new Map(
    ordered.map((one) => {
      const { set, order, validation } = one;
      const alike = known.get(order) ?? new Map<string, SetSplit>();
      known.set(order, alike);
      const key = `${validation.length} ${set.test}`;
      const split = alike.get(key) ?? splitOf(one, reserved);
      alike.set(key, split);
      if (split.test.length === 0 && set.test !== 0) throw nothingToTest(one, ordered);
      return [set.name, split];
    }),
  );
}

interface OrderedSet {
  readonly set: UnsplitSet;
  /** The number of each row's base image. */
  readonly bases: Int32Array;
  /** Rows in the order in which they are drawn. */
  readonly order: Int32Array;
  readonly validation: Int32Array;
}

/** @param reserved by base image, whether it is in any set's validation split */
function splitOf({ set, bases, order, validation }: OrderedSet, reserved: Uint8Array): SetSplit {
  const free = order.filter((row) => reserved[bases[row] ?? 0] === 0);
  return {
    validation: validation.slice().sort(),
    test: free.slice(0, set.test ?? free.length).sort(),
    excluded: order.length - validation.length - free.length,
  };
}

/** What is wrong with a set all of whose photographs are drawn for validation, by itself or by others. */
function nothingToTest(
  { set, bases, order, validation }: OrderedSet,
  all: readonly OrderedSet[],
): InputError {
  const own = new Set(bases);
  const others = all
    .filter((other) => other.set !== set && other.validation.some((row) => own.has(other.bases[row] ?? -1)))
    .map((other) => `"${other.set.name}"`);
  const found = `${set.manifest}: set "${set.name}" has no rows left to test on: of ${order.length} rows`;
  if (others.length === 0 && validation.length > 0 && validation.length < order.length)
    return new InputError(
      `${found} ${validation.length} are its validation split and the others share their photographs ("base") with these; ` +
        'lower its "validation", or list images of other photographs',
    );
  if (others.length === 0)
    return new InputError(
      `${found} ${validation.length} are its validation split; lower its "validation" or list more images`,
    );
  const draws = `photographs with what ${others.join(', ')} ${others.length === 1 ? 'draws' : 'draw'} for validation`;
  const remedy = `lower "validation" of ${others.join(', ')}`;
  return new InputError(
    validation.length === 0
      ? `${found} all share their ${draws}; ${remedy}, or list images of other photographs`
      : `${found} ${validation.length} are its validation split and the others share their ${draws}; ${remedy}, lower its own, or list more images`,
  );
}

/** The base images of all sets, each of which is ranked once. */
class RankedBases {
  readonly #seed: number;
  readonly #texts = new ByteTexts();
  readonly #lists = new Map<string, Int32Array[]>();
  /** Of lists without two rows of one base, whose order ids have no part in. */
  readonly #orders = new Map<Int32Array, Int32Array>();
  #ranks: Int32Array | null = null;

  constructor(seed: number) {
    this.#seed = seed;
  }

  get count(): number {
    return this.#texts.count;
  }

  /** The number of each row's base image: the same list for sets that have the same. Before anything is ordered. */
  of(rows: ManifestRows): Int32Array {
    const found = this.#numbersOf(rows);
    const key = `${found.length} ${found[0]} ${found.at(-1)}`;
    const alike = this.#lists.get(key) ?? [];
    this.#lists.set(key, alike);
    const known = alike.find((list) => list.every((base, row) => base === found[row]));
    if (known !== undefined) return known;
    alike.push(found);
    return found;
  }

  #numbersOf(rows: ManifestRows): Int32Array {
    const found = new Int32Array(rows.length);
    const texts = this.#texts;
    const { bytes } = rows;
    if (bytes === null) {
      for (let row = 0; row < found.length; row += 1) {
        const base = Buffer.from(rows.baseAt(row));
        found[row] = texts.numberOf(base, 0, base.length);
      }
      return found;
    }
    let last = -1;
    for (let row = 0; row < found.length; row += 1) {
      const { baseStart, baseEnd } = bytes.read(row);
      // Sets of the same photographs mostly list them in the same order.
      const next = last + 1;
      last = texts.is(next, bytes.bytes, baseStart, baseEnd)
        ? next
        : texts.numberOf(bytes.bytes, baseStart, baseEnd);
      found[row] = last;
    }
    return found;
  }

  /** Row indices by rank of their base, rows of one base by id. @param bases from `of` */
  order(rows: ManifestRows, bases: Int32Array): Int32Array {
    const known = this.#orders.get(bases);
    if (known !== undefined) return known;
    this.#ranks ??= this.#rank();
    const ranks = this.#ranks;
    // Ranks and rows in one number each, which are sorted without a call for every two of them.
    const keys = new Float64Array(bases.length);
    for (let row = 0; row < keys.length; row += 1) keys[row] = (ranks[bases[row] ?? 0] ?? 0) * mostRows + row;
    keys.sort();
    const order = new Int32Array(keys.length);
    for (let at = 0; at < order.length; at += 1) order[at] = (keys[at] ?? 0) % mostRows;
    let isOnesOnly = true;
    const rankAt = (at: number): number => ranks[bases[order[at] ?? 0] ?? 0] ?? 0;
    for (let start = 0; start < order.length; ) {
      const rank = rankAt(start);
      let end = start + 1;
      while (end < order.length && rankAt(end) === rank) end += 1;
      if (end > start + 1) {
        isOnesOnly = false;
        const alike = Array.from(order.subarray(start, end), (row) => ({ row, id: rows.idAt(row) }));
        alike.sort((a, b) => (a.id < b.id ? -1 : 1));
        order.set(
          alike.map(({ row }) => row),
          start,
        );
      }
      start = end;
    }
    if (isOnesOnly) this.#orders.set(bases, order);
    return order;
  }

  #rank(): Int32Array {
    const before = `${this.#seed}\0`;
    const hashes = Array.from({ length: this.count }, (_, base) =>
      createHash('sha256').update(before).update(this.#texts.bytesOf(base)).digest('hex'),
    );
    const order = Array.from(hashes.keys()).sort((a, b) => ((hashes[a] ?? '') < (hashes[b] ?? '') ? -1 : 1));
    const ranks = new Int32Array(hashes.length);
    order.forEach((base, rank) => {
      ranks[base] = rank;
    });
    return ranks;
  }
}

/** More than a manifest can list: ranks and rows fit in one number together. */
const mostRows = 2 ** 24;
