import { createHash } from 'node:crypto';
import { MetricError } from '../errors.js';
import { type PhiloxKey, philox4x32 } from './philox.js';

/** What names a stream of resamples. Detectors and ablations are not part of it: all see the same resamples. */
export interface ResampleStream {
  readonly seed: number;
  readonly model: string;
  readonly outlier: string;
}

/** Rows of an in-domain + outlier mixture drawn with replacement. */
export interface Resample {
  /** How often each row was drawn, in-domain rows first: [inDomainRows + outlierRows]. */
  readonly counts: Uint16Array;
  /** Draws that fell on in-domain rows. */
  readonly inDomain: number;
  /** Draws that fell on outlier rows. */
  readonly outlier: number;
}

/** The key of a stream: the first 64 bits of a sha256 over its name. */
export function streamKey(stream: ResampleStream): PhiloxKey {
  const name = JSON.stringify([stream.seed, stream.model, stream.outlier]);
  const digest = createHash('sha256').update(name).digest();
  return [digest.readUInt32LE(0), digest.readUInt32LE(4)];
}

/**
 * Draws resample number `resample` of a stream: as many rows as the mixture has, jointly over both classes.
 * A draw that lacks a class is drawn again. Depends on nothing but its arguments, so that resamples can be made
 * in any order and on any number of workers.
 * @param buffer [inDomainRows + outlierRows], overwritten; the result's counts. A count can't pass 65 535:
 *   below that many rows by definition, above them with no probability worth a number.
 * @throws MetricError when one of the classes has no row
 */
export function drawResample(
  key: PhiloxKey,
  resample: number,
  inDomainRows: number,
  outlierRows: number,
  buffer: Uint16Array,
): Resample {
  if (inDomainRows < 1 || outlierRows < 1) {
    throw new MetricError(
      `cannot resample ${inDomainRows} in-domain and ${outlierRows} outlier images: each needs at least one`,
    );
  }
  for (let attempt = 0; ; attempt++) {
    const outlier = draw(key, resample, attempt, inDomainRows, buffer);
    const inDomain = buffer.length - outlier;
    if (inDomain > 0 && outlier > 0) return { counts: buffer, inDomain, outlier };
  }
}

/** Words made at a time: few enough to stay in the nearest cache. */
const wordsAtOnce = 1024;

/** Fills `counts` and returns the number of draws on rows from `firstOutlier` on. */
function draw(
  key: PhiloxKey,
  resample: number,
  attempt: number,
  firstOutlier: number,
  counts: Uint16Array,
): number {
  const rows = counts.length;
  // Words from quotient · rows on are refused, so that every row is exactly as likely as any other.
  const quotient = Math.floor(2 ** 32 / rows);
  // A little more than 1 / quotient: by too little for a 32-bit word to reach a row too many, and enough for a
  // multiple of the quotient not to fall one short. So the truncated product is the quotient of the integers.
  const reciprocal = (1 / quotient) * (1 + 2 ** -51);
  const words = new Uint32Array(Math.min(wordsAtOnce, 4 * Math.ceil(rows / 4)));
  let drawn = 0;
  let inDomain = 0;
  counts.fill(0);
  for (let block = 0; drawn < rows; block += words.length / 4) {
    philox4x32(block, resample, attempt, 0, key, words);
    for (let word = 0; word < words.length && drawn < rows; word++) {
      const row = ((words[word] ?? 0) * reciprocal) >>> 0;
      if (row >= rows) continue;
      counts[row] = (counts[row] ?? 0) + 1;
      drawn++;
    }
  }
  for (let row = 0; row < firstOutlier; row++) inDomain += counts[row] ?? 0;
  return rows - inDomain;
}
