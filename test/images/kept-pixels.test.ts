import test from 'ava';
import { KeptPixels } from '../../workers/images/kept-pixels.js';

const small = (value: number) => ({ width: 2, height: 2, data: new Uint8Array(12).fill(value) });

test('gives copies of what it was given', (t) => {
  const kept = new KeptPixels();
  const image = small(1);
  kept.add('a', image);
  image.data.fill(9);
  const first = kept.get('a');
  t.deepEqual(first, small(1));
  first?.data.fill(7);
  t.deepEqual(kept.get('a'), small(1));
  t.is(kept.get('b'), null);
});

test('keeps no more than its limit, and no large image', (t) => {
  const kept = new KeptPixels(10 * 312);
  for (let i = 0; i < 1000; i++) {
    kept.add(`${i}`, small(i % 256));
    t.deepEqual(kept.get(`${i}`), small(i % 256));
  }
  const there = Array.from({ length: 1000 }, (_, i) => kept.get(`${i}`)).filter((image) => image !== null);
  t.is(there.length, 10);
  const large = { width: 100, height: 100, data: new Uint8Array(30_000) };
  kept.add('large', large);
  t.is(kept.get('large'), null);
  new KeptPixels(0).add('a', small(1));
});

test('of a set that does not fit, some images are still there when it is read again', (t) => {
  const kept = new KeptPixels(50 * 312);
  let found = 0;
  for (let round = 0; round < 20; round++) {
    for (let i = 0; i < 100; i++) {
      if (kept.get(`${i}`) !== null) found += 1;
      kept.add(`${i}`, small(i));
    }
  }
  t.true(found > 400, `${found} of 1900`);
});
