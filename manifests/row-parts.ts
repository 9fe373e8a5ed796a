/** What stands for a text that is the usual one: of an id the path, of a base the id. */
export const usual = 0xffff;
/** What stands for a text of its own, which is kept behind the path. */
export const own = 0xfffe;

/** Between the texts of a row; no path, id or base holds it. */
export const separator = '\0';

export const noLabel = -1;

/** What rows are kept as. */
export interface RowParts {
  /** Whether all texts are plain (`isPlainText`). */
  readonly isPlain: boolean;
  /** What all paths begin with. */
  readonly prefix: string;
  /** UTF-8 of each row: its path behind the prefix, then the texts of its own with a separator before each. */
  readonly text: Uint8Array<ArrayBuffer>;
  /** Where the text of each row begins, and where the last ends. */
  readonly starts: Uint32Array;
  readonly labels: Int32Array;
  /** Begin and end of each id in its path; null where all are the usual ones. */
  readonly ids: Uint16Array | null;
  readonly bases: Uint16Array | null;
}
