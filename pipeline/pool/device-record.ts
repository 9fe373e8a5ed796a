/** After failing on so many shards in a row a device, and not the shards, is taken to be at fault. */
const IN_A_ROW = 3;

/** What one device has been through, as one pool process leaves it to the next. */
export interface DeviceHistory {
  readonly device: string;
  /** The different shards that it failed on since it last finished one. */
  readonly failed: readonly string[];
  /** How many pool processes it failed on them in. */
  readonly processes: number;
  /** Whether it is no longer used. */
  readonly isBroken: boolean;
}

/**
 * `works` until it fails on three shards in a row. Then it is `stale`: an error of a GPU may last as long as its process,
 * so that it gets another chance in the next. After failures in two processes it is `failing`, and `broken` once another
 * device finishes a shard meanwhile.
 */
export type DeviceState = 'works' | 'stale' | 'failing' | 'broken';

/** Which devices keep failing, whatever they are given. Workers that share a device, as they share the CPU, are one. */
export class DeviceRecord {
  readonly #devices = new Map<string, DeviceHistory>();
  /** Those that failed in this process. */
  readonly #failedHere = new Set<string>();

  constructor(before: readonly DeviceHistory[] = []) {
    for (const history of before) this.#devices.set(history.device, history);
  }

  /** @param shard what it failed on for certain: an error, a death or a hang of its own */
  failed(device: string, shard: string): void {
    const { failed, processes, isBroken } = this.#of(device);
    const isFirst = !this.#failedHere.has(device);
    this.#failedHere.add(device);
    this.#devices.set(device, {
      device,
      failed: failed.includes(shard) ? failed : [...failed, shard],
      processes: processes + (isFirst ? 1 : 0),
      isBroken,
    });
  }

  /** @returns the devices that are broken by this: they failed on what others can do */
  finished(device: string): readonly string[] {
    this.#devices.delete(device);
    this.#failedHere.delete(device);
    const broken = [...this.#devices.keys()].filter((other) => this.state(other) === 'failing');
    for (const other of broken) this.#devices.set(other, { ...this.#of(other), isBroken: true });
    return broken;
  }

  state(device: string): DeviceState {
    const { failed, processes, isBroken } = this.#of(device);
    if (isBroken) return 'broken';
    if (failed.length < IN_A_ROW) return 'works';
    if (processes > 1) return 'failing';
    return this.#failedHere.has(device) ? 'stale' : 'works';
  }

  /** Whether it has failed for as long after its process was replaced as before. */
  isHopeless(device: string): boolean {
    return this.state(device) === 'failing' && this.#of(device).failed.length >= 2 * IN_A_ROW;
  }

  /** The devices that are no longer used. */
  broken(): readonly string[] {
    return [...this.#devices.values()].filter(({ isBroken }) => isBroken).map(({ device }) => device);
  }

  /** Called when a new pool process is started. */
  beginProcess(): void {
    this.#failedHere.clear();
  }

  all(): readonly DeviceHistory[] {
    return [...this.#devices.values()];
  }

  #of(device: string): DeviceHistory {
    return this.#devices.get(device) ?? { device, failed: [], processes: 0, isBroken: false };
  }
}

/** Ends a pool process because a device failed on several shards in a row: it may work again in a new process. */
export class StaleDeviceError extends Error {}
