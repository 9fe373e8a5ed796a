/** A row to be written; `id` and `base` only where they differ from their defaults. */
export interface ManifestEntry {
  /** Absolute path of the image, or relative to the working folder; in a file of many as `locationOf` has it. */
  readonly path: string;
  /** Class index, counted from 0; null where it is unknown. */
  readonly label: number | null;
  /** Default: the path. */
  readonly id?: string | undefined;
  /** The photograph that the image was made from. Default: the image's own id. */
  readonly base?: string | undefined;
}
