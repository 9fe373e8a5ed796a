/** A row to be written; `id` and `base` only where they differ from their defaults. */
export interface ManifestEntry {
  /** Absolute path of the image, or relative to the working folder; in a file of many as `locationOf` has it. */
  readonly path: string;
  readonly label: number | null;
  readonly id?: string | undefined;
  readonly base?: string | undefined;
}
