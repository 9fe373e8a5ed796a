import type { ManifestEntry } from '../write-manifest.js';
import type { BuilderOption, BuilderValues, LeftOut } from './manifest-builder.js';

/** A layout that holds a set for each cell of a grid, as corruptions by severities, and gets a manifest for each. */
export interface CellsBuilder {
  /** As it is written on the command line. */
  readonly name: string;
  readonly summary: string;
  /** The one thing it reads, as `--help` shows it. */
  readonly source: { readonly name: string; readonly doc: string };
  readonly options: readonly BuilderOption[];
  /** Notes and examples below the options in `--help`. */
  readonly notes: string;
  /**
   * Lists the images of every cell, in an order that does not depend on the file system.
   * @throws InputError naming the file or folder at fault
   */
  build(source: string, options: BuilderValues): Promise<BuiltCells>;
}

/** A layout of a grid that may lie in several files. */
export interface SeveralSourcesCellsBuilder extends Omit<CellsBuilder, 'build'> {
  /** As `build` of one source. */
  buildFrom(sources: readonly string[], options: BuilderValues): Promise<BuiltCellsOfSeveral>;
}

/** One set of a grid. */
export interface ManifestCell {
  /** Part of file names, and the name of the set in an experiment, for example `fog-3`. */
  readonly name: string;
  readonly corruption: string;
  /** From 1 on. */
  readonly severity: number;
  readonly entries: readonly ManifestEntry[];
}

/** As an experiment has it of a set. */
export interface CellPreprocess {
  readonly resize?: null;
  readonly crop?: null;
}

export interface BuiltCells {
  /** Not listed before they are asked for: all cells together have many times the rows of one. */
  readonly cells: Iterable<ManifestCell>;
  /** Rows of each corruption, of all its severities together, that an experiment tunes on unless it says otherwise. */
  readonly validation: number;
  /** What is otherwise for the sets' images than in a network's preprocessing. */
  readonly preprocess?: CellPreprocess;
  /** Cells that are usual and are not there, in words. */
  readonly missing: readonly string[];
  /** What its user should know, in whole sentences that name the source. */
  readonly notes?: readonly string[];
  /** The preset of preprocessing that its images are stored for; absent where they are stored for none. */
  readonly storedFor?: string;
  readonly leftOut: LeftOut;
}

/** As `BuiltCells`, of files that are read while the cells are listed. */
export interface BuiltCellsOfSeveral extends Omit<BuiltCells, 'cells'> {
  readonly cells: AsyncIterable<ManifestCell>;
}
