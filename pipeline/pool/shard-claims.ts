import { isThere, namesIn } from '../../manifests/output/file-system.js';
import type { ProcessMark } from '../../manifests/output/living-process.js';
import type { PlannedShard } from '../../workers/store/planned-shard.js';
import type { RunDirectory } from '../../workers/store/run-directory.js';
import { shardIdsIn } from '../../workers/store/shard-store.js';
import type { Leases } from '../store/lease.js';

/** Who is to do a shard: this process, another that works on it now, or nobody any more. */
export type ShardClaim = 'mine' | 'held' | 'done';

/** Listings of folders that others fill follow each other no faster. */
const BETWEEN_LISTINGS_MILLISECONDS = 2_000;

/** More leases than this are not looked at one by one. */
const CROWD = 64;

type Shard = Pick<PlannedShard, 'id'>;

/**
 * How this process and others that work on the same run divide its shards. Each look at a shared file system costs, and a thousand
 * processes may look: what one listing tells is remembered, and only what seems to be free is asked about.
 */
export class ShardClaims {
  readonly #directory: RunDirectory;
  readonly #leases: Leases;
  readonly #note: (text: string) => void;
  readonly #met = new Set<string>();
  /** As they were at the last look, and what was found out since. */
  #done: Set<string> = new Set();
  #held: Set<string> = new Set();
  #retried: ReadonlySet<string> = new Set();
  /** When shards and leases were last listed. */
  #listed = { shards: Number.NEGATIVE_INFINITY, leases: Number.NEGATIVE_INFINITY };
  #othersAtWork = false;
  /** The lease that is watched for signs of life. */
  #watched: string | null = null;

  constructor(directory: RunDirectory, leases: Leases, note: (text: string) => void) {
    this.#directory = directory;
    this.#leases = leases;
    this.#note = note;
  }

  /**
   * Looks at everything anew.
   * @returns whether other processes seem to be at work
   */
  async begin(): Promise<boolean> {
    await this.#listShards();
    const leases = await this.#listLeases();
    this.#othersAtWork = leases.size > CROWD;
    // What a process that has ended left, as the one that this one replaces, is nobody's.
    for (const name of leases.size > CROWD ? [] : leases)
      if (await this.#leases.canBeClaimed(name)) this.#held.delete(name);
      else this.#othersAtWork = true;
    const retried = await namesIn(this.#directory.retried);
    this.#retried = new Set(retried.map((name) => name.replace(/\.arrow$/, '')));
    return this.#othersAtWork;
  }

  /** Whether other processes seemed to be at work when everything was looked at. */
  get othersAtWork(): boolean {
    return this.#othersAtWork;
  }

  /** Whether a shard's file was there when it was last looked for. */
  isDone({ id }: Shard): boolean {
    return this.#done.has(id);
  }

  /** Whether there are scores of it that may hold still, beside images that are tried again. */
  isRetried({ id }: Shard): boolean {
    return this.#retried.has(id);
  }

  /** Who is to do a shard; one that becomes `mine` is leased until it is released. */
  async claim({ id }: Shard): Promise<ShardClaim> {
    if (this.#done.has(id)) return 'done';
    if (this.#held.has(id)) return 'held';
    // Its file is looked for only behind the lease: a host remembers for a while that a name was not there.
    const claim = await this.#leases.claim(id);
    if (claim.kind === 'held') {
      // Others hold more that is not known of by now, and have done more: who only looks whether a shard is done holds its lease too.
      if (isOver(this.#listed.leases)) await this.#listLeases();
      if (isOver(this.#listed.shards)) await this.#listShards();
      if (this.#done.has(id)) return 'done';
      this.#held.add(id);
      if (claim.by !== null)
        this.#once(`${processText(claim.by)} works on this run too; the shards are divided between the two`);
      return 'held';
    }
    if (claim.silent !== null)
      this.#once(`${processText(claim.silent)} has stopped renewing its leases; this process does its work`);
    if (!(await isThere(this.#directory.shard(id)))) return 'mine';
    await this.#leases.releaseAtOnce(id);
    return this.#surprised(id);
  }

  /**
   * Looks which of the shards that others hold have become free, by one listing and a few leases.
   * @param most how many leases of others are looked at for signs of life
   */
  async look(most: number): Promise<void> {
    const before = this.#held;
    await this.#listLeases();
    const gone = [...before].filter((id) => !this.#held.has(id) && !this.#done.has(id));
    if (gone.length > 0) await this.#listShards();
    const watched = [...this.#held];
    if (watched.length > most) {
      if (this.#watched === null || !this.#held.has(this.#watched))
        this.#watched = watched[Math.floor(Math.random() * watched.length)] ?? null;
      if (this.#watched !== null) await this.#watch(this.#watched);
      return;
    }
    for (const id of watched) await this.#watch(id);
  }

  async #watch(id: string): Promise<void> {
    if (await this.#leases.canBeClaimed(id)) this.#held.delete(id);
  }

  /** Others have finished a shard since they were listed, and maybe more. */
  async #surprised(id: string): Promise<'done'> {
    if (isOver(this.#listed.shards)) await this.#listShards();
    this.#done.add(id);
    return 'done';
  }

  async #listShards(): Promise<void> {
    this.#done = new Set(await shardIdsIn(this.#directory));
    this.#listed.shards = performance.now();
  }

  /** @returns the names of all of them, for shards or other work */
  async #listLeases(): Promise<ReadonlySet<string>> {
    const leases = await this.#leases.ofOthers();
    this.#held = new Set([...leases].filter((name) => /^[0-9a-f]{64}$/.test(name)));
    this.#listed.leases = performance.now();
    return leases;
  }

  #once(text: string): void {
    if (!this.#met.has(text)) this.#note(text);
    this.#met.add(text);
  }
}

function isOver(listed: number): boolean {
  return performance.now() - listed >= BETWEEN_LISTINGS_MILLISECONDS;
}

/** A process as a user can find it. */
export function processText({ pid, host }: ProcessMark): string {
  return `process ${pid} on ${host}`;
}
