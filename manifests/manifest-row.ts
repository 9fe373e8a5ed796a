/** One image of a manifest. */
export interface ManifestRow {
  /** Unique within the manifest; the path as written, unless an `id` column says otherwise. */
  readonly id: string;
  /** Absolute path of the image file, or of the image in a file of many (`locationOf`). */
  readonly path: string;
  /** Class index in the model's output, null where unknown (for example classes the model never saw). */
  readonly label: number | null;
  /** The photograph this image was made from; equal to `id` unless a `base` column says otherwise. */
  readonly base: string;
}
