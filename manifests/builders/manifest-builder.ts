import type { ManifestEntry } from '../write-manifest.js';

/** One layout of a dataset on disk that a manifest can be made from. One kind per file. */
export interface ManifestBuilder {
  /** As it is written on the command line. */
  readonly name: string;
  readonly summary: string;
  /** The one thing it reads, as `--help` shows it. */
  readonly source: { readonly name: string; readonly doc: string };
  readonly options: readonly BuilderOption[];
  /** Notes and examples below the options in `--help`. */
  readonly notes: string;
  /**
   * Lists the images, in an order that does not depend on the file system.
   * @throws InputError naming the file or folder at fault
   */
  build(source: string, options: BuilderValues): Promise<BuiltManifest>;
}

/** A layout that may lie in several files, which make one set. */
export interface SeveralSourcesBuilder extends Omit<ManifestBuilder, 'build'> {
  /** As `build` of one source. */
  buildFrom(sources: readonly string[], options: BuilderValues): Promise<BuiltManifest>;
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
  /** Hidden files and folders, and those that systems leave behind (`Thumbs.db`, `__MACOSX`): a folder with all that is in it is one. */
  readonly hidden: number;
  /** Links that lead nowhere, by path. */
  readonly deadLinks: readonly string[];
  /** Files and folders whose names are not UTF-8, by path, with the bytes at fault as `\xff`. */
  readonly notUtf8: readonly string[];
  /** How many of the other files are images of formats that are not read, by what their names end in; absent where none is. */
  readonly unread?: Readonly<Record<string, number>>;
  /** Of archives: what can't be there in folders, or is no matter there. */
  readonly archived?: LeftOutOfArchives;
}

/** Members of archives that are left out, by why. */
export interface LeftOutOfArchives {
  /** Links, devices and pipes. */
  readonly links: number;
  /** Files that a later member of the same name replaces when the archive is unpacked. */
  readonly replaced: number;
  /** Names that are absolute or lead out of the folder that the archive is unpacked in. */
  readonly outside: number;
  /** Samples of WebDataset shards that have no image. */
  readonly imageless: number;
}

/** What was found, for `writeManifest` to write. */
export interface BuiltManifest {
  /** In the order of the manifest. */
  readonly entries: readonly ManifestEntry[];
  /** What was found beside images. */
  readonly leftOut: LeftOut;
  /** What its user should know, in whole sentences that name the source. */
  readonly notes?: readonly string[];
  /** The preset of preprocessing that its images are stored for; absent where they are stored for none. */
  readonly storedFor?: string;
}

/** The value of an option that takes text; undefined where it was not given. */
export function textOption(options: BuilderValues, name: string): string | undefined {
  const value = options[name];
  return typeof value === 'string' ? value : undefined;
}
