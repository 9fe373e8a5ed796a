/** More of a name is cut. */
const longest = 100;

/** The name of something in something else. Names come from files, and are joined as often as functions are nested. */
export function nameWithin(outer: string, inner: string): string {
  return `${cut(outer)}/${cut(inner)}`;
}

const cut = (name: string): string => (name.length > longest ? `…${name.slice(1 - longest)}` : name);

/** Names that are not taken yet. */
export class FreshNames {
  readonly #taken: Set<string>;
  readonly #next = new Map<string, number>();

  constructor(taken: Iterable<string>) {
    this.#taken = new Set(taken);
  }

  /** A name like the one that is wanted, taken from now on. */
  take(wanted: string): string {
    let name = wanted;
    for (let next = this.#next.get(wanted) ?? 1; name === '' || this.#taken.has(name); next += 1) {
      name = `${wanted} ${next}`;
      this.#next.set(wanted, next + 1);
    }
    this.#taken.add(name);
    return name;
  }
}
