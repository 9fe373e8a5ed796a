import { readdir, readFile, rmdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import {
  createExclusively,
  removeIf,
  removeStaleTemporaries,
  unlinkIfThere,
} from '../../manifests/output/atomic-file.js';
import { isErrno, namesIn } from '../../manifests/output/file-system.js';
import { hasEnded, markOfThisProcess, type ProcessMark } from '../../manifests/output/living-process.js';
import { persistently } from '../../manifests/output/shared-files.js';
import { step } from '../../manifests/output/step.js';
import { InputError } from '../../stages/errors.js';
import { forgetHolder, HolderFile, parseHolder as parse, takerText } from './lease-holder.js';

/** How leases are kept alive, and when one counts as left behind. */
export interface LeaseTiming {
  /** How often a holder renews its leases. */
  readonly heartbeatMilliseconds: number;
  /** How long a lease must stay unrenewed, by the watcher's own clock, to be taken over. */
  readonly staleMilliseconds: number;
}

/** More leases than this are not gone through by whoever leaves. */
const CROWD = 16;

/** The file that says who is taking a lease away. */
const takerOf = (name: string): string => `.${name}.taker`;
const TAKER = /^\..*\.taker$/;

export const usualLeaseTiming: LeaseTiming = { heartbeatMilliseconds: 5_000, staleMilliseconds: 30_000 };

/** The outcome of a claim. */
export type LeaseClaim =
  /** This process has it; `silent` is the process that it was taken from, if that is not known to have ended. */
  | { readonly kind: 'mine'; readonly silent: ProcessMark | null }
  /** Another has it; null when its file can't be read. */
  | { readonly kind: 'held'; readonly by: ProcessMark | null };

/**
 * What processes on any number of hosts promise each other about work in one folder: one lease file for each piece
 * of work in progress. A promise only saves work: two that hold the same lease, which can happen when one was stopped for long and
 * goes on, do the same work twice.
 *
 * Clocks of two hosts are never compared. A holder renews its leases, which are all one file, by counting up in it, and who waits
 * for one watches, on a clock of its own, whether that changes. A holder of the same machine that has ended is found out at once.
 */
export class Leases {
  readonly #folder: string;
  readonly #timing: LeaseTiming;
  /** The files that this object's leases are, by the names of those. */
  readonly #held = new Map<string, HolderFile>();
  /** What was held before. */
  readonly #given = new Set<string>();
  /** What each lease of others looked like, and since when. */
  readonly #watched = new Map<string, { readonly text: string; readonly since: number }>();
  /** All that this object has made; the last is what leases are made of. */
  readonly #files: HolderFile[] = [];
  #file: Promise<HolderFile> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #mark: Promise<ProcessMark> | undefined;

  /** @param folder is made when something is claimed, and removed when nothing is any more */
  constructor(folder: string, timing: LeaseTiming = usualLeaseTiming) {
    this.#folder = folder;
    this.#timing = timing;
  }

  /** Claims a piece of work by its name, which must do as a file name. */
  async claim(name: string): Promise<LeaseClaim> {
    const file = join(this.#folder, name);
    // Not looked at first: mostly nobody has it.
    if (await this.#create(name)) return mine(null);
    const found = await readIfThere(file);
    if (found === null) return { kind: 'held', by: null };
    const ended = await this.#hasEnded(name, found);
    if (!this.#isLeft(name, found, ended)) return heldBy(found);
    const silent = ended ? null : parse(found);
    const isMine = await this.#takeAway(name, found, async () => {
      if (silent !== null) await forgetHolder(this.#folder, silent);
      return this.#create(name);
    });
    return isMine ? mine(silent) : this.#heldByOther(name);
  }

  /**
   * Looks at a lease without claiming it.
   * @returns whether a claim would be met by nobody, or by a holder that has ended or gives no sign of life
   */
  async canBeClaimed(name: string): Promise<boolean> {
    const found = await readIfThere(join(this.#folder, name));
    return found === null || this.#isLeft(name, found, await this.#hasEnded(name, found));
  }

  /** Names of all leases that there are but for this object's own. */
  async ofOthers(): Promise<ReadonlySet<string>> {
    const names = await namesIn(this.#folder);
    return new Set(names.filter((name) => !name.startsWith('.') && !this.#held.has(name)));
  }

  /** Gives a lease back; what this object doesn't hold, or no longer, is left alone. */
  async release(name: string): Promise<void> {
    const file = this.#held.get(name);
    if (file === undefined) return;
    this.#letGo(name, file);
    // Where a network file system fails it for good, others take it over in time.
    await persistently(() =>
      removeIf(join(this.#folder, name), (text) => parse(text)?.token === file.token),
    ).catch(() => {});
  }

  /** Gives a lease back that was claimed this moment, by one request where `release` makes three: nobody can have taken it over yet. */
  async releaseAtOnce(name: string): Promise<void> {
    const file = this.#held.get(name);
    if (file === undefined || file.heldFor(name) > this.#timing.heartbeatMilliseconds)
      return this.release(name);
    this.#letGo(name, file);
    await step(`give back ${name}`);
    await persistently(() => unlinkIfThere(join(this.#folder, name))).catch(() => {});
  }

  #letGo(name: string, file: HolderFile): void {
    this.#held.delete(name);
    this.#given.add(name);
    if (this.#held.size === 0) clearInterval(this.#timer);
    // What it says of its claims is told with the next heartbeat.
    file.drop(name);
  }

  /** Gives everything back, and clears away what ended processes of this machine left. */
  async close(): Promise<void> {
    for (const name of [...this.#held.keys()]) await this.release(name);
    this.#file = undefined;
    for (const file of this.#files.splice(0)) await file.remove();
    try {
      const names = await readdir(this.#folder);
      // Of a crowd each would look at what all others hold: there is always one that takes over what was left.
      for (const name of names.length > CROWD ? [] : names) {
        if (TAKER.test(name)) await this.#forgetTaker(name, (text) => this.#hasEnded(name, text));
        if (name.startsWith('.')) continue;
        const found = await readIfThere(join(this.#folder, name));
        if (found !== null && (this.#isOwn(found) || (await this.#hasEnded(name, found)))) {
          await this.#takeAway(name, found);
        }
      }
      await removeStaleTemporaries(this.#folder);
      await rmdir(this.#folder);
    } catch (error) {
      if (!['ENOENT', 'ENOTEMPTY', 'EEXIST'].some((code) => isErrno(error, code))) throw error;
    }
  }

  /**
   * Takes a lease away that was left, one taker after the other: who looked at it before another took it over would else move the
   * new one away, if only for a moment, in which a third may find the place free.
   * @param found what the lease said that was left
   * @param then what follows before anyone else may take it
   * @returns what that returns, or whether the lease was taken away; false where another is at it, or has it by now
   */
  async #takeAway(
    name: string,
    found: string,
    then: () => Promise<boolean> = async () => true,
  ): Promise<boolean> {
    const taker = takerOf(name);
    if (!(await this.#beTaker(taker))) return false;
    const file = join(this.#folder, name);
    try {
      if ((await readIfThere(file)) !== found) return false;
      // The holder may come back to life this moment.
      return (await removeIf(file, (text) => text === found)) && (await then());
    } finally {
      await persistently(() => unlinkIfThere(join(this.#folder, taker))).catch(() => {});
    }
  }

  /** @param taker names the file that says who is taking a lease away; whoever left one is forgotten first */
  async #beTaker(taker: string): Promise<boolean> {
    const file = join(this.#folder, taker);
    this.#mark ??= markOfThisProcess();
    const text = takerText(await this.#mark);
    const make = (): Promise<boolean> =>
      persistently(() => createExclusively(file, text, { outlives: false }));
    if (await make()) return true;
    const isLeft = async (found: string): Promise<boolean> =>
      this.#isLeft(taker, found, await this.#hasEnded(taker, found));
    return (await this.#forgetTaker(taker, isLeft)) && (await make());
  }

  async #forgetTaker(taker: string, isLeft: (text: string) => Promise<boolean>): Promise<boolean> {
    const file = join(this.#folder, taker);
    const found = await readIfThere(file);
    return found !== null && (await isLeft(found)) && (await removeIf(file, (text) => text === found));
  }

  async #create(name: string): Promise<boolean> {
    for (let attempt = 1; ; attempt += 1) {
      this.#file ??= this.#newFile();
      const made = this.#file;
      try {
        const file = await made;
        // Who has watched an earlier lease of this object on the same work must not take this one for it.
        await file.take(name, this.#given.has(name));
        if (!(await persistently(() => file.linkAs(name)))) {
          file.drop(name);
          return false;
        }
        this.#watched.delete(name);
        this.#held.set(name, file);
        if (this.#held.size === 1) this.#keepBeating();
        return true;
      } catch (error) {
        // Who gives the last lease back removes the folder, and who takes this object for dead its file.
        if (this.#file === made) this.#file = undefined;
        if (attempt === 10 || !isErrno(error, 'ENOENT')) throw error;
      }
    }
  }

  async #newFile(): Promise<HolderFile> {
    this.#mark ??= markOfThisProcess();
    const mark = await this.#mark;
    const file = await persistently(() => HolderFile.create(this.#folder, mark));
    this.#files.push(file);
    return file;
  }

  #keepBeating(): void {
    clearInterval(this.#timer);
    this.#timer = setInterval(() => {
      for (const file of new Set(this.#held.values())) void file.renew();
    }, this.#timing.heartbeatMilliseconds);
    this.#timer.unref();
  }

  async #heldByOther(name: string): Promise<LeaseClaim> {
    const found = await readIfThere(join(this.#folder, name));
    if (found !== null) this.#isSilent(name, found);
    return found === null ? { kind: 'held', by: null } : heldBy(found);
  }

  #isLeft(name: string, text: string, hasEnded: boolean): boolean {
    return hasEnded || this.#isSilent(name, text);
  }

  #isSilent(name: string, text: string): boolean {
    const now = performance.now();
    const watched = this.#watched.get(name);
    if (watched?.text === text) return now - watched.since >= this.#timing.staleMilliseconds;
    this.#watched.set(name, { text, since: now });
    return false;
  }

  /** Whether the holder is known to have ended; or is this object, which does not hold it, as where giving it back failed half-way. */
  async #hasEnded(name: string, text: string): Promise<boolean> {
    const holder = parse(text);
    if (this.#isOwn(text)) return this.#held.get(name)?.token !== holder?.token;
    this.#mark ??= markOfThisProcess();
    return holder !== null && (await hasEnded(holder, (await this.#mark).machine));
  }

  #isOwn(text: string): boolean {
    const token = parse(text)?.token;
    return this.#files.some((file) => file.token === token);
  }
}

/** A lease as somebody else sees it. */
export interface SeenLease {
  /** Of the piece of work. */
  readonly name: string;
  readonly holder: ProcessMark;
  /** When it was claimed, in milliseconds since 1970 by the holder's clock; null where that is not told yet. */
  readonly since: number | null;
  /** All that its file says: it changes with each heartbeat. */
  readonly text: string;
  /** When the file was last written, in milliseconds since 1970 by the clock of the file system. */
  readonly written: number;
  /** Whether the holder is a process of this machine that lives, or has ended; of others nothing is known. */
  readonly isAlive: boolean | null;
}

/** The leases in a folder, by name. Those that can't be read are left out. */
export async function readLeases(folder: string): Promise<readonly SeenLease[]> {
  const names = await readdir(folder).catch((): string[] => []);
  const { machine } = await markOfThisProcess();
  const leases: SeenLease[] = [];
  for (const name of names.filter((one) => !one.startsWith('.')).sort()) {
    const file = join(folder, name);
    const text = await readIfThere(file);
    const holder = text === null ? null : parse(text);
    if (text === null || holder === null) continue;
    const written = await stat(file).then(
      ({ mtimeMs }) => mtimeMs,
      () => 0,
    );
    const isAlive = holder.machine === machine ? !(await hasEnded(holder, machine)) : null;
    leases.push({ name, holder, since: holder.sinceOf(name), text, written, isAlive });
  }
  return leases;
}

/** Processes that hold leases in a folder, as far as they are not known to have ended. */
export async function leaseHolders(folder: string): Promise<readonly ProcessMark[]> {
  return (await readLeases(folder)).filter(({ isAlive }) => isAlive !== false).map(({ holder }) => holder);
}

function mine(silent: ProcessMark | null): LeaseClaim {
  return { kind: 'mine', silent };
}

function heldBy(text: string): LeaseClaim {
  return { kind: 'held', by: parse(text) };
}

async function readIfThere(file: string): Promise<string | null> {
  try {
    return await persistently(() => readFile(file, 'utf8'));
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return null;
    // The system's error names no path here.
    if (isErrno(error, 'EISDIR'))
      throw new InputError(`${file}: is a folder where a lease file is expected; remove it`);
    throw error;
  }
}
