import type { ManifestEntry } from '../write-manifest.js';

/** One layout of a dataset on disk that a manifest can be made from. One kind per file. */
export interface ManifestBuilder {
  /** As it is written on the command line. */
  readonly name: string;
  readonly summary: string;
  /** The one thing that it reads, or `several`, as `--help` shows it. */
  readonly source: { readonly name: string; readonly doc: string; readonly several?: true };
  readonly options: readonly BuilderOption[];
  /** Notes and examples below the options in `--help`. */
  readonly notes: string;
  /**
   * Lists the images, in an order that does not depend on the file system.
   * @param more things that it reads, where it reads several
   * @throws InputError naming the file or folder at fault
   */
  build(source: string, options: BuilderValues, more?: readonly string[]): Promise<BuiltManifest>;
}

/** An option of one builder, written as commander has it (`--root <dir>`, `--no-labels`). */
export interface BuilderOption {
  readonly flags: string;
  readonly doc: string;
  readonly required?: true;
  readonly choices?: readonly string[];
}

/** Option values by camel-cased name. */
export type BuilderValues = Readonly<Record<string, string | boolean | undefined>>;

/** What was found and is no image. */
export interface LeftOut {
  /** Files of other kinds. */
  readonly others: number;
  /** Hidden files and folders, and those that systems leave behind (`Thumbs.db`, `__MACOSX`). */
  readonly hidden: number;
  /** Links that lead nowhere, by path. */
  readonly deadLinks: readonly string[];
  /** Files and folders whose names are not UTF-8, by path, with the bytes at fault as `\xff`. */
  readonly notUtf8: readonly string[];
}

export interface BuiltManifest {
  readonly entries: readonly ManifestEntry[];
  readonly leftOut: LeftOut;
}

/** The value of an option that takes text; undefined where it was not given. */
export function textOption(options: BuilderValues, name: string): string | undefined {
  const value = options[name];
  return typeof value === 'string' ? value : undefined;
}
