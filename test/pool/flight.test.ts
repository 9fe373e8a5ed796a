import test from 'ava';
import { AttemptRecord } from '../../pipeline/pool/attempts.js';
import { Flight } from '../../pipeline/pool/flight.js';

/** One pool process: shards that it starts, those that it finishes, and how it ends. */
function pool(record: AttemptRecord, started: readonly string[], finished: readonly string[] = []) {
  const flight = new Flight(record);
  for (const id of started) {
    flight.note({ kind: 'started', id, name: `shard ${id}`, device: `cpu:${started.indexOf(id)}` });
  }
  for (const id of finished)
    flight.note({ kind: 'ended', id, finished: true, failed: null, hopeless: false });
  return flight;
}

test('a death is put down to all shards in flight, with their devices, and to none that had ended', (t) => {
  const record = new AttemptRecord(['cpu:0', 'cpu:1', 'cpu:2']);
  const death = pool(record, ['a', 'b', 'c'], ['b']).died('signal SIGSEGV');
  t.is(death.how, '(signal SIGSEGV) with shard a on cpu:0 and shard c on cpu:2 in flight');
  t.is(death.of, 'new shards');
  t.deepEqual(
    ['a', 'b', 'c'].map((id) => record.isSuspect(id)),
    [true, false, true],
  );
});

test('a death while nothing is in flight is put down to no shard', (t) => {
  const record = new AttemptRecord(['cpu:0', 'cpu:1', 'cpu:2']);
  const death = pool(record, ['a'], ['a']).died('exit code 7');
  t.deepEqual(death, { how: '(exit code 7)', manner: 'died', of: 'nothing', givenUp: [] });
  t.deepEqual(record.all(), { shards: [], devices: [] });
});

test('no shard is given up for deaths that may be those of others, however many, nor for those on one device of several', (t) => {
  const record = new AttemptRecord(['cpu:0', 'cpu:1', 'cpu:2']);
  for (let death = 0; death < 5; death += 1) pool(record, ['a', 'b']).died('signal SIGABRT');
  t.false(record.isGivenUp('a') || record.isGivenUp('b'));
  t.deepEqual(pool(record, ['a']).died('signal SIGABRT').givenUp, []);
  t.deepEqual(pool(record, ['b', 'a'], ['b']).died('signal SIGABRT').givenUp, ['shard a']);
  t.false(record.isGivenUp('b'));
});

test('a shard that hangs is to blame, and those in flight with it are not', (t) => {
  const record = new AttemptRecord(['cpu:0', 'cpu:1', 'cpu:2']);
  const flight = pool(record, ['a', 'b']);
  flight.hung('b', 'no pass ended within 2 s');
  const death = flight.died('signal SIGKILL');
  t.is(death.how, '(killed, since no pass ended within 2 s) with shard b on cpu:1 in flight');
  t.false(record.isSuspect('a'));
  t.deepEqual(record.of('b').failed, [
    { kind: 'hung', how: 'no pass ended within 2 s', device: 'cpu:1', certain: true },
  ]);
});

test('errors and deaths count together', (t) => {
  const record = new AttemptRecord(['cpu:0', 'cpu:1', 'cpu:2']);
  const failed = { kind: 'thrown', how: 'no luck', device: 'cpu:0', certain: true } as const;
  for (const id of ['a', 'a']) {
    pool(record, [id]).note({ kind: 'ended', id, finished: false, failed, hopeless: false });
    t.false(record.isSuspect(id) || record.isGivenUp(id));
  }
  t.deepEqual(pool(record, ['b', 'a'], ['b']).died('signal SIGABRT').givenUp, ['shard a']);
});
