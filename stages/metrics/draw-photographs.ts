import { createHash } from 'node:crypto';
import type { RowBases } from './clusters.js';
import type { Resample } from './draw-resample.js';
import { philox4x32 } from './philox.js';

/** What photographs are drawn by: whatever set or mixture a photograph's rows are in, resample n draws it as often. */
export interface PhotographKeys {
  /** Two words a row, in-domain rows first, the same for rows of one photograph: [2 · (inDomainRows + outlierRows)]. */
  readonly photographs: Uint32Array;
}

/** What names the draws of photographs, which all models, outlier sets and detectors share. */
export interface PhotographStream {
  readonly seed: number;
  /** The in-domain set. */
  readonly inDomain: string;
}

/** Photographs whose keys are remembered, at most: about as many as the largest benchmark has in one split. */
const mostKnown = 2 ** 18;

/** The keys of photographs that were asked for last. Pairs of sets follow each other by hundreds, of the same photographs. */
const known = { stream: '', keys: new Map<string, readonly [number, number]>() };

/** The key of each row's photograph: the first 64 bits of a sha256 over the stream's name and the photograph's. */
export function photographKeys(
  { seed, inDomain }: PhotographStream,
  sides: readonly RowBases[],
): PhotographKeys {
  const rows = sides.reduce((sum, { size }) => sum + size, 0);
  const photographs = new Uint32Array(2 * rows);
  const stream = JSON.stringify([seed, inDomain]);
  if (known.stream !== stream || known.keys.size >= mostKnown) known.keys.clear();
  known.stream = stream;
  let at = 0;
  for (const side of sides)
    for (let row = 0; row < side.size; row += 1) {
      const photograph = side.baseAt(row);
      const key = known.keys.get(photograph) ?? keyOf(seed, inDomain, photograph);
      if (known.keys.size < mostKnown) known.keys.set(photograph, key);
      photographs[at++] = key[0];
      photographs[at++] = key[1];
    }
  return { photographs };
}

function keyOf(seed: number, inDomain: string, photograph: string): readonly [number, number] {
  const digest = createHash('sha256')
    .update(JSON.stringify([seed, inDomain, photograph]))
    .digest();
  return [digest.readUInt32LE(0), digest.readUInt32LE(4)];
}

/** P(X ≤ k) of a Poisson variable of mean 1, in units of 2⁻³²; behind the last there is less than one of these. */
const poissonSteps: Float64Array = Float64Array.from({ length: 13 }, (_, k) => {
  let sum = 0;
  for (let i = 0, term = Math.exp(-1); i <= k; term /= ++i) sum += term;
  return sum * 2 ** 32;
});

/** How often a photograph is drawn, by a word of random bits. */
function timesOf(word: number): number {
  let times = 0;
  while (times < poissonSteps.length && word >= (poissonSteps[times] ?? 0)) times += 1;
  return times;
}

/** Resamples whose counts are made at once: a multiple of the four words of a Philox block. */
const resamplesAtOnce = 32;

/**
 * Draws photographs with all their rows: each as often as a Poisson variable of mean 1 says, which is what drawing as many as
 * there are comes to for each of many (Hanley and MacGibbon, 2006, "Creating non-parametric bootstrap samples using Poisson
 * frequencies"). So no draw depends on which other photographs there are, and sets that are resampled one after another
 * see the same resamples of the photographs that they share. A draw that lacks a class is drawn again.
 * @returns draws resample n; its counts are overwritten by later draws
 */
export function photographDrawer(
  { photographs }: PhotographKeys,
  inDomainRows: number,
): (resample: number) => Resample {
  const rows = photographs.length / 2;
  const counts = new Uint16Array(resamplesAtOnce * rows);
  const words = new Uint32Array(resamplesAtOnce);
  const alone = new Uint16Array(rows);
  let first = -1;
  const fill = (from: number): void => {
    first = from;
    for (let row = 0; row < rows; row += 1) {
      philox4x32(from / 4, 0, 0, 1, keyAt(photographs, row), words);
      for (let nth = 0; nth < resamplesAtOnce; nth += 1) counts[nth * rows + row] = timesOf(words[nth] ?? 0);
    }
  };
  const again = (resample: number, attempt: number) => {
    const block = words.subarray(0, 4);
    for (let row = 0; row < rows; row += 1) {
      philox4x32(resample >>> 2, attempt, 0, 1, keyAt(photographs, row), block);
      alone[row] = timesOf(block[resample & 3] ?? 0);
    }
    return alone;
  };
  return (resample) => {
    const from = resample - (resample % resamplesAtOnce);
    if (from !== first) fill(from);
    let drawn: Uint16Array = counts.subarray((resample - from) * rows, (resample - from + 1) * rows);
    for (let attempt = 1; ; attempt += 1) {
      const inDomain = sumOf(drawn.subarray(0, inDomainRows));
      const outlier = sumOf(drawn.subarray(inDomainRows));
      if (inDomain > 0 && outlier > 0) return { counts: drawn, inDomain, outlier };
      drawn = again(resample, attempt);
    }
  };
}

function keyAt(photographs: Uint32Array, row: number): readonly [number, number] {
  return [photographs[2 * row] ?? 0, photographs[2 * row + 1] ?? 0];
}

function sumOf(counts: Uint16Array): number {
  let sum = 0;
  for (const count of counts) sum += count;
  return sum;
}
