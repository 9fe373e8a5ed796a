/** What a plot draws of one thing: a row of its data. */
export type PlotRow = Readonly<Record<string, string | number | boolean | null>>;

/** A value of JSON. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** A plot as a value: what it shows, and how, in the terms of Vega-Lite. */
export interface Plot {
  /** Of its files; unique among the plots of a report. */
  readonly name: string;
  /** As a page or a paper would head it. */
  readonly title: string;
  /** What it shows, for who can't see it, and for its caption. */
  readonly description: string;
  /** Vega-Lite without `data`, `title`, `config` and `$schema`: the rows are its data. */
  readonly spec: Readonly<Record<string, Json>>;
  readonly rows: readonly PlotRow[];
}

/**
 * A name for files out of one that a user gave: letters, digits and dashes.
 * @param place of the thing among its like, from 0 on, so that different things have different names
 */
export function fileNameOf(place: number, name: string): string {
  const plain = name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 40);
  return plain === '' ? String(place + 1) : `${place + 1}-${plain}`;
}
