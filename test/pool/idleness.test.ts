import test from 'ava';
import { Idleness } from '../../pipeline/pool/idleness.js';

test('only waiting at one stretch counts', (t) => {
  const idleness = new Idleness(10);
  t.false(idleness.isTooLong(0));
  t.false(idleness.isTooLong(9_999));
  idleness.ends();
  t.false(idleness.isTooLong(20_000));
  t.false(idleness.wasTooLong);
  t.true(idleness.isTooLong(30_000));
  idleness.ends();
  t.true(idleness.wasTooLong);
});

test('without a bound it is never too long', (t) => {
  const idleness = new Idleness(null);
  t.false(idleness.isTooLong(0));
  t.false(idleness.isTooLong(1e15));
});
