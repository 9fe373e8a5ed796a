import type { Device, Precision } from '../devices/device.js';
import type { Parity } from '../parity/measure.js';

/** So many workers with so many threads each. */
export interface Split {
  readonly workers: number;
  readonly threads: number;
}

/** What a process of its own is asked to find out of one device. */
export interface CheckTask {
  readonly device: Device;
  readonly precision: Precision;
  /** Golden networks, those first that tell most in the least time. */
  readonly networks: readonly string[];
  /** Seconds after which no further golden network is begun. */
  readonly paritySeconds: number;
  /** Networks whose whole scores are timed, in this order, by the names of `speedNetworks`. */
  readonly speed: readonly string[];
  /** A network that would take longer, judged by the one before, is left out. */
  readonly speedSeconds: number;
  /** The workers that a run has on it where they share the cores: their rate together counts. Null for one of its own. */
  readonly split: Split | null;
}

/** Nodes of a graph by what runs them. */
export interface NodeShares {
  /** Nodes that ran at all. */
  readonly nodes: number;
  /** How many of each operation the provider left to the CPU. */
  readonly leftToCpu: Readonly<Record<string, number>>;
}

/** How fast a device scores a network. */
export interface Speed {
  readonly network: string;
  readonly batch: number;
  /** Whole scores a second, perturbation and scoring; null where it was left out. */
  readonly imagesPerSecond: number | null;
  /** Whose rate it is, where workers share the cores: fewer than a run's where memory is short. */
  readonly split: Split | null;
  /** Why it was left out. */
  readonly leftOut: string | null;
}

/** What the process finds, piece by piece: what it said before a crash is kept. */
export type Finding =
  | { readonly kind: 'engine'; readonly name: string; readonly version: string; readonly provider: string }
  /** What may be wrong although it works. */
  | { readonly kind: 'note'; readonly text: string }
  | { readonly kind: 'parity'; readonly parity: Parity }
  | { readonly kind: 'nodes'; readonly shares: NodeShares }
  | { readonly kind: 'speed'; readonly speed: Speed }
  /** @param missing whether the device is not there, rather than there and failing */
  | { readonly kind: 'failed'; readonly missing: boolean; readonly message: string }
  | { readonly kind: 'done' };
