import type { Html } from './html.js';

/** What a page may hold in all, so that it opens at once. */
const pageBytes = 7_000_000;

/** Keeps a page small: what comes first is in it, and what finds no room any more is linked. */
export class PageBudget {
  #left: number;

  constructor(bytes: number = pageBytes) {
    this.#left = bytes;
  }

  /** Takes the room of what is in the page whatever its size. */
  spend(content: Html): Html {
    this.#left -= Buffer.byteLength(content.text);
    return content;
  }

  /** @param instead for where there is no room */
  place(content: Html, instead: Html): Html {
    const bytes = Buffer.byteLength(content.text);
    if (bytes > this.#left) return instead;
    this.#left -= bytes;
    return content;
  }
}
