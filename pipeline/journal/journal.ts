import { type FileHandle, open, readdir, readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { makeFolder } from '../../manifests/output/make-folder.js';

/** A shard that a worker scored, as the journal has it. */
export interface JournalEntry {
  /** Its identity. */
  readonly shard: string;
  readonly model: string;
  readonly set: string;
  /** Of the process, from 0 on. */
  readonly worker: number;
  readonly device: string;
  /** When it was begun and when it was done, in milliseconds since 1970 by the clock of its host. */
  readonly from: number;
  readonly to: number;
  readonly images: number;
  /** Passes of any kind that each image took. */
  readonly passes: number;
  /** Rows of the set's manifest whose images could not be used; absent in journals from before it was told. */
  readonly failed?: readonly number[] | undefined;
}

/** Who wrote entries. */
export interface JournalWriter {
  readonly host: string;
  readonly pid: number;
}

const entry = z.object({
  shard: z.string(),
  model: z.string(),
  set: z.string(),
  worker: z.number(),
  device: z.string(),
  from: z.number(),
  to: z.number(),
  images: z.number(),
  passes: z.number(),
  failed: z.array(z.number()).optional(),
});
const head = z.object({ host: z.string(), pid: z.number() });

/**
 * What a process did when: a file of its own in the run directory, of lines of JSON, the first of which says who writes. It is
 * no part of a run's state, so that whatever goes wrong with it is passed over: nothing is decided by it.
 */
export class Journal {
  readonly #folder: string;
  readonly #file: string;
  #last: Promise<void> | null = null;
  /** Null before it is opened, and where it could not be. */
  #handle: FileHandle | null = null;

  /** @param folder of the run's journals @param start when the process began, in milliseconds since 1970 */
  constructor(folder: string, start: number = Date.now()) {
    this.#folder = folder;
    this.#file = join(folder, `${plain(hostname())}-${process.pid}-${start}.jsonl`);
  }

  /** Adds a line, in turn. */
  note(what: JournalEntry): Promise<void> {
    const before = this.#last;
    this.#last = (async () => {
      await (before ?? this.#begin());
      await this.#append(what);
    })();
    return this.#last;
  }

  /** Closes the file, after what was noted. */
  async close(): Promise<void> {
    await this.#last;
    await this.#handle?.close().catch(() => {});
    this.#handle = null;
  }

  async #begin(): Promise<void> {
    await makeFolder(this.#folder).catch(() => {});
    this.#handle = await open(this.#file, 'a').catch(() => null);
    await this.#append({ host: hostname(), pid: process.pid } satisfies JournalWriter);
  }

  async #append(line: object): Promise<void> {
    await this.#handle?.appendFile(`${JSON.stringify(line)}\n`).catch(() => {});
  }
}

/** Whatever a host calls itself, as a part of a file's name. */
function plain(name: string): string {
  return name.replace(/[^A-Za-z0-9.-]+/g, '_').slice(0, 60);
}

/** All that processes noted, in the order of their files; lines that were cut off by a kill are left out. */
export async function readJournals(
  folder: string,
): Promise<readonly { readonly writer: JournalWriter; readonly entries: readonly JournalEntry[] }[]> {
  const names = await readdir(folder).catch(() => []);
  const read: { writer: JournalWriter; entries: JournalEntry[] }[] = [];
  for (const name of names.filter((one) => one.endsWith('.jsonl')).sort()) {
    const [first, ...lines] = (await readFile(join(folder, name), 'utf8').catch(() => '')).split('\n');
    const writer = head.safeParse(parsed(first ?? ''));
    if (!writer.success) continue;
    const entries = lines.flatMap((line) => {
      const found = entry.safeParse(parsed(line));
      return found.success ? [found.data] : [];
    });
    read.push({ writer: writer.data, entries });
  }
  return read;
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
