/** Which rows of a mixture are of the same photograph. */
export interface Clusters {
  /** How many photographs there are. */
  readonly count: number;
  /** The number of each row's photograph, from 0, in-domain rows first: [inDomainRows + outlierRows]. */
  readonly of: Uint32Array;
}

/** The photographs that rows of one class are of; equal texts are one photograph. */
export interface RowBases {
  readonly size: number;
  baseAt(row: number): string;
}

/** Numbers the photographs of a mixture. @returns null where every row is of another one: then rows are independent */
export function clustersOf(inDomain: RowBases, outlier: RowBases): Clusters | null {
  const numbers = new Map<string, number>();
  const of = new Uint32Array(inDomain.size + outlier.size);
  let row = 0;
  for (const side of [inDomain, outlier])
    for (let nth = 0; nth < side.size; nth += 1) {
      const base = side.baseAt(nth);
      const number = numbers.get(base) ?? numbers.size;
      if (number === numbers.size) numbers.set(base, number);
      of[row++] = number;
    }
  return numbers.size === of.length ? null : { count: numbers.size, of };
}
