import type { Manifest } from '../../manifests/manifest.js';
import type { ManifestRows } from '../../manifests/manifest-rows.js';
import type { PlannedShard } from '../../workers/store/planned-shard.js';

const BYTES = 32;

/** An image that was not the same each time it was read. */
export interface ChangedImage {
  readonly set: string;
  /** Index in the set's manifest. */
  readonly row: number;
}

/** The digests of images when they were read, by set and row of its manifest. */
export class ImageDigests {
  readonly #sets = new Map<string, { digests: Buffer; known: Uint8Array }>();
  readonly #changed = new Map<string, ChangedImage>();

  /** @param digest sha256 (hex) of an image's bytes, or null where they could not be read */
  note({ set }: Pick<PlannedShard, 'set'>, row: number, digest: string | null): void {
    if (digest === null) return;
    const { digests, known } = this.#roomFor(set, row);
    if (known[row] === 0) {
      digests.write(digest, row * BYTES, 'hex');
      known[row] = 1;
    } else if (digests.toString('hex', row * BYTES, (row + 1) * BYTES) !== digest) {
      this.#changed.set(`${set}\0${row}`, { set, row });
    }
  }

  /** sha256 (hex) that an image had when it was first read, or null where it never was. */
  of(set: string, row: number): string | null {
    const found = this.#sets.get(set);
    if (found?.known[row] !== 1) return null;
    return found.digests.toString('hex', row * BYTES, (row + 1) * BYTES);
  }

  /** Images that had different content in different shards. */
  get changed(): readonly ChangedImage[] {
    return [...this.#changed.values()];
  }

  /**
   * Images that are listed by more than one set, or more than once, and had different content.
   * @param sets every set with its rows
   */
  differingBetween(
    sets: readonly { readonly name: string; readonly rows: Pick<Manifest, 'rows'> }[],
  ): readonly ChangedImage[] {
    const isRepeated = repeatedPaths(sets.map(({ rows }) => rows.rows));
    const places = new Map<string, ChangedImage>();
    const found: ChangedImage[] = [];
    sets.forEach(({ name, rows: { rows } }, set) => {
      for (let row = 0; row < rows.length; row += 1) {
        if (!isRepeated(set, row)) continue;
        const digest = this.of(name, row);
        if (digest === null) continue;
        const path = rows.pathAt(row);
        const other = places.get(path);
        if (other === undefined) places.set(path, { set: name, row });
        else if (this.of(other.set, other.row) !== digest) found.push(other, { set: name, row });
      }
    });
    return found;
  }

  #roomFor(set: string, row: number) {
    let room = this.#sets.get(set);
    if (room === undefined || row >= room.known.length) {
      const size = Math.max(1024, 2 * (row + 1));
      const digests = Buffer.alloc(size * BYTES);
      const known = new Uint8Array(size);
      digests.set(room?.digests ?? []);
      known.set(room?.known ?? []);
      room = { digests, known };
      this.#sets.set(set, room);
    }
    return room;
  }
}

/**
 * Which rows may have a path that another row has too, by 32 bits of each: most images of a sweep are listed once, and
 * their paths need not be kept.
 */
function repeatedPaths(sets: readonly ManifestRows[]): (set: number, row: number) => boolean {
  const hashes = sets.map((rows) =>
    Uint32Array.from({ length: rows.length }, (_, row) => shortHash(rows.pathAt(row))),
  );
  const all = new Uint32Array(hashes.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const some of hashes) {
    all.set(some, at);
    at += some.length;
  }
  all.sort();
  const repeated = new Set(all.filter((hash, index) => hash === all[index - 1]));
  return (set, row) => repeated.has(hashes[set]?.[row] ?? 0);
}

/** FNV-1a. */
function shortHash(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash >>> 0;
}
