const firstRoom = 1024;

/** Of the hash: FNV-1a, 32 bits. */
const [basis, prime] = [0x811c9dc5, 0x01000193];

/** Tells texts apart that are bytes, and numbers them in order of appearance: as a map of strings does, in a tenth of the time. */
export class ByteTexts {
  #bytes: Uint8Array = new Uint8Array(firstRoom);
  /** Where each text begins, and where the last ends. */
  #starts = new Uint32Array(firstRoom);
  #hashes = new Int32Array(firstRoom);
  /** Number of a text and 1 by its hash, 0 where there is none; twice as many places as texts at least. */
  #places = new Uint32Array(2 * firstRoom);
  #count = 0;

  /** How many texts there are. */
  get count(): number {
    return this.#count;
  }

  /** The number of a text, which is the count before where it is new. */
  numberOf(bytes: Uint8Array, start: number, end: number): number {
    let hash = basis;
    for (let at = start; at < end; at += 1) hash = Math.imul(hash ^ (bytes[at] ?? 0), prime);
    const mask = this.#places.length - 1;
    let place = mixed(hash) & mask;
    for (;;) {
      const number = (this.#places[place] ?? 0) - 1;
      if (number < 0) break;
      if (this.#hashes[number] === hash && this.is(number, bytes, start, end)) return number;
      place = (place + 1) & mask;
    }
    return this.#add(bytes, start, end, hash);
  }

  /** Whether a number is that of a text. */
  is(number: number, bytes: Uint8Array, start: number, end: number): boolean {
    const first = this.#starts[number] ?? 0;
    if (number >= this.#count || (this.#starts[number + 1] ?? 0) - first !== end - start) return false;
    // From the end, where texts that are alike differ.
    for (let at = end - 1, own = first + end - 1 - start; at >= start; at -= 1, own -= 1)
      if (this.#bytes[own] !== bytes[at]) return false;
    return true;
  }

  /** The bytes of a text, until another is added. */
  bytesOf(number: number): Uint8Array {
    return this.#bytes.subarray(this.#starts[number], this.#starts[number + 1]);
  }

  #add(bytes: Uint8Array, start: number, end: number, hash: number): number {
    const number = this.#count;
    if (number + 2 > this.#starts.length) this.#growList();
    const first = this.#starts[number] ?? 0;
    const last = first + end - start;
    if (last > this.#bytes.length) this.#bytes = grown(this.#bytes, new Uint8Array(2 * last));
    for (let at = start; at < end; at += 1) this.#bytes[first + at - start] = bytes[at] ?? 0;
    this.#starts[number + 1] = last;
    this.#hashes[number] = hash;
    this.#count += 1;
    this.#keep(number, hash);
    return number;
  }

  #keep(number: number, hash: number): void {
    const mask = this.#places.length - 1;
    let place = mixed(hash) & mask;
    while (this.#places[place] !== 0) place = (place + 1) & mask;
    this.#places[place] = number + 1;
  }

  #growList(): void {
    const length = 2 * this.#starts.length;
    this.#starts = grown(this.#starts, new Uint32Array(length));
    this.#hashes = grown(this.#hashes, new Int32Array(length));
    this.#places = new Uint32Array(2 * length);
    for (let number = 0; number < this.#count; number += 1) this.#keep(number, this.#hashes[number] ?? 0);
  }
}

/** The last bits decide on the place: those of texts that end alike would meet. */
const mixed = (hash: number): number => hash ^ (hash >>> 15);

function grown<T extends Uint8Array | Uint32Array | Int32Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
