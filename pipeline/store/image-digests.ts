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
   * @param sets every set with the paths of its rows
   */
  differingBetween(
    sets: readonly { readonly name: string; readonly rows: { readonly rows: readonly { path: string }[] } }[],
  ): readonly ChangedImage[] {
    const places = new Map<string, ChangedImage>();
    const found: ChangedImage[] = [];
    for (const { name, rows } of sets)
      rows.rows.forEach(({ path }, row) => {
        const digest = this.of(name, row);
        if (digest === null) return;
        const other = places.get(path);
        if (other === undefined) places.set(path, { set: name, row });
        else if (this.of(other.set, other.row) !== digest) found.push(other, { set: name, row });
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
