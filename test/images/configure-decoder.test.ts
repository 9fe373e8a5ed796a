import test from 'ava';
import sharp from 'sharp';
import { configureDecoder } from '../../workers/images/configure-decoder.js';

test('the decoder takes the given number of threads and keeps nothing', (t) => {
  configureDecoder(2);
  t.is(sharp.concurrency(), 2);
  t.is(sharp.cache().memory.max, 0);
  configureDecoder(1);
  t.is(sharp.concurrency(), 1);
});
