import type { CorruptionSetting } from './imagenet/corruptions.js';
import type { ManifestHeader } from './manifest-header.js';
import type { ManifestRows } from './manifest-rows.js';

/** A dataset: the rows of one manifest file in the file's order. */
export interface Manifest {
  /** Absolute path of the manifest file. */
  readonly file: string;
  readonly rows: ManifestRows;
  /** sha256 (hex) over the rows as written: id, path relative to the manifest, label, base. */
  readonly sha256: string;
  /** What its first line says, which fits the rows; absent where there is none. */
  readonly header?: ManifestHeader;
  /** The corruption that its images are given before they are preprocessed; absent where they are taken as they are. */
  readonly corrupt?: CorruptionSetting | undefined;
}
