import { InputError, RunFailedError } from '../../stages/errors.js';
import { call, setting } from '../../stages/setting.js';
import { isAllocationFailure } from '../../workers/allocation-failure.js';
import { engineWords } from '../../workers/engines/engine-words.js';
import type { PlannedShard } from '../../workers/store/planned-shard.js';
import type { ShardReport } from '../../workers/task.js';
import type { ThrownAttempt } from './attempts.js';
import { Bell } from './bell.js';
import { StaleDeviceError } from './device-record.js';
import { remedyFor, tooLargeText } from './failure-report.js';
import type { Idleness } from './idleness.js';
import { Patience } from './patience.js';
import type { ShardClaim } from './shard-claims.js';
import { inTurn, type Lane, ownLane, type ShardWorker, stateOf } from './shard-lanes.js';
import type { ShardTrials } from './shard-trials.js';

/** How the shards of a wave are worked off. */
export interface ShardWork {
  readonly workers: readonly ShardWorker[];
  readonly batchSize: number;
  /** Who is to do the shard. One that another process has is asked about again after the others. */
  readonly claim: (shard: PlannedShard) => Promise<ShardClaim>;
  /** Looks which of the shards that others have are free by now. */
  readonly look: (most: number) => Promise<void>;
  /** What became of shards so far, here and in earlier pool processes. */
  readonly trials: ShardTrials;
  /** A shard as a reader of messages can find it. */
  readonly nameOf: (shard: PlannedShard) => string;
  /** Called for each shard that is done; `report` is null when another process did it. */
  readonly onFinished: (shard: PlannedShard, report: ShardReport | null) => void;
  /** For what a user may want to know but need not act on. */
  readonly note: (text: string) => void;
  /** Whether nothing more is to be begun. */
  readonly isStopped: () => boolean;
  /** How long there may be nothing to do but what other processes are at. */
  readonly idleness: Idleness;
}

/**
 * Works off shards with all workers. An error costs only the shard: it is tried again after the others, on another
 * device if there is one, and what failed for good is told when all else is done. Shards of which a pool process may
 * have died come first, one at a time: which shard is to blame, and on which device, must be known before all go on
 * together. A device that fails on shards that others can score is no longer used.
 * @returns false when it was stopped, or has waited for other processes for too long
 * @throws RunFailedError when shards failed for good, or all devices fail on all shards; at once, when a worker can
 *   score none
 * @throws StaleDeviceError when another process should go on
 * @throws InputError at once, when a worker refuses what the user gave
 */
export async function workOff(shards: readonly PlannedShard[], work: ShardWork): Promise<boolean> {
  const { trials, workers } = work;
  const open = shards.filter((shard) => !trials.isGivenUp(shard));
  const suspects = open.filter((shard) => trials.isSuspect(shard));
  const others = open.filter((shard) => !trials.isSuspect(shard));
  const held: PlannedShard[] = [];
  const alone = [inTurn(workers, trials)];
  if (!(await new ShardQueue(suspects, alone, work, (shard) => held.push(shard)).workOff())) return false;
  const each = workers.map((worker) => ownLane(worker, workers, trials));
  if (!(await new ShardQueue([...others, ...held], each, work).workOff())) return false;
  const account = trials.account(shards, work.nameOf);
  if (account !== null) throw new RunFailedError(account);
  return true;
}

/** A shard that is to be scored, with batches of so many images. */
interface Entry {
  readonly shard: PlannedShard;
  readonly batchSize: number;
}

/** Shards that several lanes work off side by side, one at a time each. */
class ShardQueue {
  readonly #lanes: readonly Lane[];
  readonly #work: ShardWork;
  readonly #onHeld: ((shard: PlannedShard) => void) | undefined;
  readonly #waiting: Entry[];
  /** Shards that are being asked for, which may come back. */
  #claiming = 0;
  #inFlight = 0;
  /** Claims in a row that met another process's shard. */
  #heldInARow = 0;
  /** Whether the last claim met nobody. */
  #isOnItsWay = true;
  /** What is thrown when the shards in flight are finished. */
  #ending: Error | null = null;
  /** Rings when something has come to an end that lanes may wait for. */
  readonly #moved = new Bell();
  readonly #patience = new Patience();
  #looking: Promise<void> | null = null;

  /** @param onHeld receives shards that another process works on; without it they are asked about again after the others */
  constructor(
    shards: readonly PlannedShard[],
    lanes: readonly Lane[],
    work: ShardWork,
    onHeld?: (shard: PlannedShard) => void,
  ) {
    this.#lanes = lanes;
    this.#work = work;
    this.#onHeld = onHeld;
    this.#waiting = shards.map((shard) => ({ shard, batchSize: work.batchSize }));
  }

  /** @returns false when it was stopped, or has waited for other processes for too long */
  async workOff(): Promise<boolean> {
    await Promise.all(this.#lanes.map((lane) => this.#follow(lane)));
    if (this.#ending !== null) throw this.#ending;
    return !this.#isToldToEnd;
  }

  get #isToldToEnd(): boolean {
    return this.#work.isStopped() || this.#work.idleness.wasTooLong;
  }

  async #follow(lane: Lane): Promise<void> {
    while (this.#ending === null && !this.#isToldToEnd) {
      if (this.#waiting.length === 0 && this.#claiming + this.#inFlight === 0) return;
      if (stateOf(lane, this.#work.trials) === 'broken') return;
      const index = this.#waiting.findIndex(({ shard }) => lane.takes(shard));
      if (this.#isToLeaveToOthers(lane) || (index < 0 && this.#claiming === 0)) await this.#moved.next();
      else if (index < 0 || this.#areAllHeld) {
        if (this.#inFlight === 0 && this.#work.idleness.isTooLong()) {
          this.#moved.ring();
          return;
        }
        await this.#rest(index >= 0);
      } else await this.#take(lane, index);
    }
  }

  /** A device that fails waits for what others make of the shards that it failed on. */
  #isToLeaveToOthers(lane: Lane): boolean {
    const { trials } = this.#work;
    return (
      stateOf(lane, trials) === 'failing' && this.#lanes.some((other) => stateOf(other, trials) === 'works')
    );
  }

  get #areAllHeld(): boolean {
    return this.#heldInARow > 0 && this.#heldInARow >= this.#waiting.length;
  }

  /** @param isToLook whether it may help to look at what others hold */
  async #rest(isToLook: boolean): Promise<void> {
    await this.#patience.rest();
    if (isToLook) await this.#look();
    this.#heldInARow = 0;
  }

  /** Lanes that have rested together look together. */
  #look(): Promise<void> {
    this.#looking ??= this.#work.look(this.#patience.looks).finally(() => {
      this.#looking = null;
    });
    return this.#looking;
  }

  /** Asks for a shard, and scores it where it is this process's. */
  async #take(lane: Lane, index: number): Promise<void> {
    const { onFinished, isStopped, idleness } = this.#work;
    const [entry] = this.#waiting.splice(index, 1);
    if (entry === undefined) return;
    const { shard } = entry;
    const claim = await this.#claim(shard);
    if (claim === 'held') {
      if (this.#onHeld) this.#onHeld(shard);
      else {
        this.#heldInARow += 1;
        this.#waiting.push(entry);
      }
      this.#moved.ring();
      return;
    }
    this.#heldInARow = 0;
    if (claim === 'done') {
      onFinished(shard, null);
      this.#moved.ring();
      return;
    }
    this.#patience.renew();
    // It was claimed while the run was told to end; all leases are given back then.
    if (isStopped()) {
      this.#moved.ring();
      return;
    }
    idleness.ends();
    this.#inFlight += 1;
    await this.#attempt(lane.workerFor(shard), entry).finally(() => {
      this.#inFlight -= 1;
      this.#moved.ring();
    });
  }

  async #claim(shard: PlannedShard): Promise<ShardClaim> {
    this.#claiming += 1;
    try {
      const claim = await this.#work.claim(shard);
      const isAlone = claim === 'mine';
      // Where others are at one, or were, they are at its neighbours: it goes on anywhere else.
      if (!isAlone && this.#isOnItsWay && !this.#onHeld)
        this.#waiting.push(...this.#waiting.splice(0, Math.floor(Math.random() * this.#waiting.length)));
      this.#isOnItsWay = isAlone;
      return claim;
    } finally {
      this.#claiming -= 1;
    }
  }

  /**
   * Has a shard scored. After an allocation failure the batch is halved; how many ε are scored together stays, so that each
   * group takes half as well.
   */
  async #attempt({ device, score }: ShardWorker, entry: Entry): Promise<void> {
    const { trials, nameOf, note, onFinished } = this.#work;
    const { shard, batchSize } = entry;
    trials.started(shard, nameOf(shard), device);
    const answer = await score(shard, batchSize).catch(asAnswer);
    if (answer.kind === 'thrown' || (answer.kind === 'out-of-memory' && batchSize === 1)) {
      const attempt: ThrownAttempt =
        answer.kind === 'thrown'
          ? { kind: 'thrown', how: answer.message, device }
          : { kind: 'too-large', how: tooLargeText(answer.message), device };
      const { how } = attempt;
      const givenUp = trials.threw(shard, attempt);
      if (!givenUp) this.#waiting.push(entry);
      note(`${nameOf(shard)}: ${how}; ${givenUp ? 'it is given up, the others go on' : 'trying again'}`);
      this.#ending ??= whatToEndWith(attempt, this.#lanes, trials);
      return;
    }
    for (const broken of trials.ended(shard, device, answer.kind === 'finished'))
      note(`${broken} keeps failing on shards that ${device} can score; the run goes on without it`);
    switch (answer.kind) {
      case 'finished':
        onFinished(shard, answer.report);
        break;
      case 'stopped':
        break;
      case 'hopeless':
        this.#ending ??= answer.error;
        break;
      case 'refused':
        this.#ending ??= new InputError(answer.message);
        break;
      case 'out-of-memory': {
        const half = Math.ceil(batchSize / 2);
        note(`${nameOf(shard)}: out of memory; trying again with batches of ${half}`);
        this.#waiting.push({ shard, batchSize: half });
        break;
      }
    }
  }
}

/** What a thrown error comes to: the buffers of a batch may also fail on this side of the thread boundary, or between its promises. */
function asAnswer(error: unknown) {
  if (error instanceof RunFailedError) return { kind: 'hopeless', error } as const;
  const message = engineWords(error);
  return isAllocationFailure(error)
    ? ({ kind: 'out-of-memory', message } as const)
    : ({ kind: 'thrown', message } as const);
}

/** The error to end the process with after one of a device, or null to go on. Shards in flight are finished first. */
function whatToEndWith(
  { kind, how, device }: ThrownAttempt,
  lanes: readonly Lane[],
  trials: ShardTrials,
): Error | null {
  if (trials.stateOf(device) === 'stale')
    return new StaleDeviceError(`${device} failed on several shards in a row (${how})`);
  const used = lanes.flatMap(({ devices }) => devices).filter((one) => trials.stateOf(one) !== 'broken');
  if (!used.every((one) => trials.isHopeless(one))) return null;
  const names = [...new Set(used)].join(' and ');
  return new RunFailedError(
    `${names} failed on several shards in a row, even after a restart (${how}); finished shards are kept: ` +
      `${remedyFor(kind, how)}, or take another ${setting('device')}, then ${call('again')}`,
  );
}
