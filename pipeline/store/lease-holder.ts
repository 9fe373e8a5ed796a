import { randomUUID } from 'node:crypto';
import { basename, join } from 'node:path';
import { z } from 'zod';
import {
  createLinkable,
  type LinkableFile,
  linkUnlessTaken,
  unlinkIfThere,
} from '../../manifests/output/atomic-file.js';
import type { ProcessMark } from '../../manifests/output/living-process.js';
import { namingFile } from '../../manifests/output/system-error.js';

/** Characters that tell what is held since when; what does not fit is not told. */
const ROOM = 2_000;
/** So much of a name tells it from others. */
const NAME_LENGTH = 16;

const heading = z.object({
  host: z.string(),
  machine: z.string(),
  pid: z.number(),
  started: z.string().nullable(),
  token: z.string(),
});
const claimTimes = z.record(z.string(), z.number());

/** Who a lease's file says that it belongs to. */
export interface LeaseHolder extends ProcessMark {
  /** Of the file that the lease is a link of: drawn by whoever made that, and the name it had first. */
  readonly token: string;
  /** When a lease was claimed, in milliseconds since 1970 by the holder's clock; null where that is not told. */
  sinceOf(name: string): number | null;
}

/**
 * The file that all leases of one holder are links of. A claim so takes one request to a file system, and a heartbeat one write
 * for them all. The first of its lines never changes; those behind it are written over, always at the same length.
 */
export class HolderFile {
  readonly token: string;
  readonly #folder: string;
  readonly #file: LinkableFile;
  /** Where its heading ends. */
  readonly #position: number;
  /** What is claimed, and when that was. */
  readonly #claims = new Map<string, number>();
  #beats = 0;
  #writing: Promise<void> = Promise.resolve();

  private constructor(folder: string, file: LinkableFile, position: number) {
    this.#folder = folder;
    this.#file = file;
    this.#position = position;
    this.token = basename(file.path);
  }

  /** @param folder is made where there is none */
  static async create(folder: string, mark: ProcessMark): Promise<HolderFile> {
    const linkable = await createLinkable(join(folder, 'holder'), '');
    const token = basename(linkable.path);
    const line = `${JSON.stringify({ ...mark, token } satisfies z.infer<typeof heading>)}\n`;
    try {
      await linkable.handle.write(line, 0);
    } catch (error) {
      await linkable.handle.close();
      await unlinkIfThere(linkable.path);
      throw namingFile(error, join(folder, 'holder'));
    }
    return new HolderFile(folder, linkable, Buffer.byteLength(line));
  }

  /**
   * Writes that something is about to be claimed, and counts up.
   * @param flush whether that must have reached other hosts before
   */
  async take(name: string, flush: boolean): Promise<void> {
    this.#claims.set(name, Date.now());
    await this.#write(flush);
  }

  /** Forgets a claim, which is told with what is written next. */
  drop(name: string): void {
    this.#claims.delete(name);
  }

  /** @returns whether the name was free */
  linkAs(name: string): Promise<boolean> {
    return linkUnlessTaken(this.#file.path, join(this.#folder, name));
  }

  /** Counts up, as a sign of life. By the open file: names of leases that were taken over are others' now. */
  async renew(): Promise<void> {
    // A full disk, or a file that is gone. At worst another process does this work too.
    await this.#write(true).catch(() => {});
  }

  /** How long ago something was claimed, in milliseconds by the clock of this host, which goes on while the host sleeps. */
  heldFor(name: string): number {
    return Math.abs(Date.now() - (this.#claims.get(name) ?? 0));
  }

  /** Ends it; leases that are links of it stay. */
  async remove(): Promise<void> {
    await this.#writing;
    await this.#file.handle.close().catch(() => {});
    await unlinkIfThere(this.#file.path);
  }

  #write(flush: boolean): Promise<void> {
    const written = this.#writing
      .then(async () => {
        this.#beats += 1;
        await this.#file.handle.write(`${countText(this.#beats)}${claimsText(this.#claims)}`, this.#position);
        if (flush) await this.#file.handle.datasync();
      })
      .catch((error: unknown) => {
        throw namingFile(error, this.#file.path);
      });
    this.#writing = written.catch(() => {});
    return written;
  }
}

/** What the file of whoever takes a lease away says, drawn anew each time, so that none is watched as another's. */
export function takerText(mark: ProcessMark): string {
  return `${JSON.stringify({ ...mark, token: `taker-${randomUUID()}` } satisfies z.infer<typeof heading>)}\n`;
}

/** Takes away the file of a holder that gives no signs of life, but for its other leases: one that only slept makes another. */
export async function forgetHolder(folder: string, { token }: LeaseHolder): Promise<void> {
  if (/^\.holder\.tmp-[\w.-]+$/.test(token)) await unlinkIfThere(join(folder, token));
}

/** @returns null where a file says no such thing */
export function parseHolder(text: string): LeaseHolder | null {
  const [first = '', , times = ''] = text.split('\n');
  const mark = parsed(heading, first);
  if (mark === null) return null;
  const claims = parsed(claimTimes, times);
  return { ...mark, sinceOf: (name) => claims?.[keyOf(name)] ?? null };
}

function parsed<T>(schema: z.ZodType<T>, text: string): T | null {
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

function countText(beats: number): string {
  return `${String(beats).padStart(12)}\n`;
}

/** The latest that fit, at the length of all that could. */
function claimsText(claims: ReadonlyMap<string, number>): string {
  const entries = [...claims].map(([name, time]) => [keyOf(name), time] as const);
  while (JSON.stringify(Object.fromEntries(entries)).length > ROOM) entries.shift();
  return `${JSON.stringify(Object.fromEntries(entries)).padEnd(ROOM)}\n`;
}

function keyOf(name: string): string {
  return name.slice(0, NAME_LENGTH);
}
