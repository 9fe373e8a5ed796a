import type { Pixels } from './pixels.js';

/** Bytes that small images may take in each thread that reads images, to be planned for. */
export const KEPT_PIXELS_BYTES = 12e6;

/** Larger images are not kept: decoding a photograph takes its time, but few of them would fit. */
const LARGEST_KEPT = 16_384;

/** What a kept image takes beside its pixels: its key, and the entry of the map. */
const ENTRY_BYTES = 300;

/**
 * Small images (of CIFAR's and tiny-ImageNet's sizes) as networks see them. A set is read anew for each of the cells that
 * it is scored at, and for each model; for small images most of that time is the decoder's.
 */
export class KeptPixels {
  readonly #kept = new Map<string, Pixels>();
  readonly #keys: string[] = [];
  #bytes = 0;
  #removed = 0;

  /** @param limit bytes that all kept images may take; 0 to keep none */
  constructor(readonly limit: number = KEPT_PIXELS_BYTES) {}

  /** @returns a copy, which may be written to; null where the image is not kept */
  get(key: string): Pixels | null {
    const pixels = this.#kept.get(key);
    return pixels === undefined ? null : copied(pixels);
  }

  /** Keeps a copy of a small image; others make way. */
  add(key: string, pixels: Pixels): void {
    const bytes = bytesOf(pixels);
    if (pixels.data.byteLength > LARGEST_KEPT || bytes > this.limit || this.#kept.has(key)) return;
    while (this.#bytes + bytes > this.limit) this.#removeAny();
    this.#kept.set(key, copied(pixels));
    this.#keys.push(key);
    this.#bytes += bytes;
  }

  /**
   * Any one, as if drawn: sets are read from their first image to their last again and again, so of a set that does not
   * fit, the image that was not read for longest would be the one that is wanted soonest.
   */
  #removeAny(): void {
    this.#removed += 1;
    const at = (Math.imul(this.#removed, 2_654_435_761) >>> 0) % this.#keys.length;
    const last = this.#keys.pop();
    const key = at === this.#keys.length ? last : this.#keys[at];
    if (last === undefined || key === undefined) throw new Error('no image is kept, though some take memory');
    if (key !== last) this.#keys[at] = last;
    const pixels = this.#kept.get(key);
    this.#kept.delete(key);
    if (pixels !== undefined) this.#bytes -= bytesOf(pixels);
  }
}

function bytesOf(pixels: Pixels): number {
  return pixels.data.byteLength + ENTRY_BYTES;
}

function copied(pixels: Pixels): Pixels {
  return { ...pixels, data: Uint8Array.from(pixels.data) };
}
