import test from 'ava';
import { type CellScores, largestDeviation } from '../../workers/parity/deviation.js';
import type { GoldenCell } from '../../workers/parity/golden.js';
import type { Tolerance } from '../../workers/parity/tolerance.js';

const zeros = [0, 0, 0, 0, 0];
const cell: GoldenCell = {
  temperature: 1,
  epsilon: [0],
  predicted: zeros,
  logits: null,
  logOdds: zeros,
  logS: zeros,
  logSG: zeros,
  logG: zeros,
  logSGByRole: {},
};
const strict: Tolerance = { score: 0.01, flipped: 1, scale: 1, logit: 0.01 };
const lenient: Tolerance = { ...strict, flipped: 20 };

function share(scored: Partial<CellScores>, tolerance: Tolerance): number {
  const right = { logits: [], predicted: zeros, logOdds: zeros, logS: zeros, logSG: zeros, logG: zeros };
  return largestDeviation(cell, { ...right, ...scored }, tolerance).share;
}

test('where every image counts, the one that is furthest off decides', (t) => {
  t.is(share({ logSG: [0, 0.05, 0, 0, 0] }, strict), 5);
});

test('a minority of images may be further off, the median may not', (t) => {
  t.is(share({ logSG: [0.1, 0, 0, 0, -0.1] }, lenient), 0.5);
  t.is(share({ logSG: [0.1, 0.1, 0, 0, 0.1] }, lenient), 10);
  t.is(share({ logSG: [0.1, 0, 0, 0, 0], logG: [0, 0.1, 0, 0, 0], logS: [0, 0, 0.1, 0, 0] }, lenient), 10);
});

test('another class, and what is no number, is never allowed', (t) => {
  t.is(share({ predicted: [0, 1, 0, 0, 0] }, lenient), Number.POSITIVE_INFINITY);
  t.is(share({ logG: [0, 0, Number.NaN, 0, 0] }, lenient), Number.POSITIVE_INFINITY);
});
