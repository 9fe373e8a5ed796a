import type { Precision } from '../../workers/devices/device.js';
import type { CacheSettings } from '../graphs/graph-cache.js';

/** Where and how a run is run: what its forecast takes as well. */
export interface RunSettings {
  /** The run directory: made if it isn't there, resumed if it is. */
  readonly out: string;
  /** What scores are made on, for example `cuda:0,1`. Default: as the experiment says. */
  readonly device?: string | undefined;
  /** Default: `fp32`. */
  readonly precision?: Precision | undefined;
  /** Worker threads on the CPU. Default: as the experiment says. */
  readonly workers?: number | null | undefined;
  /**
   * Bytes that the process that scores may take: bounds the batch size, where it is free, and the workers.
   * Default: as the experiment says.
   */
  readonly memory?: number | null | undefined;
  /**
   * Go on where models, preprocessing, scored rows or settings of a run have changed: what was made from the former is
   * scored anew. Default: false, which refuses that.
   */
  readonly rescore?: boolean | undefined;
  /** Don't look whether image files have changed since they were scored. Default: false. */
  readonly trustImages?: boolean | undefined;
  /** Where compiled graphs are kept for later runs, or null for nowhere. Default: as the environment says. */
  readonly cache?: CacheSettings | null | undefined;
}
