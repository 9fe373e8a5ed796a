import test from 'ava';
import { Silence } from '../../pipeline/pool/silence.js';

test('silence is too long when nothing was heard for longer than the limit', (t) => {
  const silence = new Silence(10_000, 0);
  t.is(silence.interval, 1_000);
  for (let now = 1_000; now <= 10_000; now += 1_000) t.false(silence.isTooLong(now));
  t.true(silence.isTooLong(11_000));
});

test('any sign of life begins it anew', (t) => {
  const silence = new Silence(10_000, 0);
  for (let now = 1_000; now <= 9_000; now += 1_000) t.false(silence.isTooLong(now));
  silence.broken(9_500);
  for (let now = 10_000; now <= 19_000; now += 1_000) t.false(silence.isTooLong(now));
});

test('time during which the listener itself was stopped does not count', (t) => {
  const silence = new Silence(10_000, 0);
  t.false(silence.isTooLong(1_000));
  t.false(silence.isTooLong(3_600_000));
});
