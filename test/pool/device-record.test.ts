import test from 'ava';
import { DeviceRecord } from '../../pipeline/pool/device-record.js';

test('a device works until three different shards in a row failed on it, then another process may heal it', (t) => {
  const record = new DeviceRecord();
  for (const shard of ['a', 'a', 'a', 'b']) record.failed('cuda:0', shard);
  t.is(record.state('cuda:0'), 'works');
  record.failed('cuda:0', 'c');
  t.is(record.state('cuda:0'), 'stale');
  record.beginProcess();
  t.is(record.state('cuda:0'), 'works');
  t.deepEqual(record.finished('cuda:0'), []);
  t.deepEqual(record.all(), []);
});

test('a device that fails in two processes is broken once another finishes a shard', (t) => {
  const record = new DeviceRecord();
  for (const shard of ['a', 'b', 'c']) record.failed('cuda:1', shard);
  record.beginProcess();
  record.failed('cuda:1', 'd');
  t.is(record.state('cuda:1'), 'failing');
  t.false(record.isHopeless('cuda:1'));
  t.deepEqual(record.finished('cuda:0'), ['cuda:1']);
  t.is(record.state('cuda:1'), 'broken');
  t.deepEqual(record.finished('cuda:0'), []);
});

test('deaths of three processes count as well', (t) => {
  const record = new DeviceRecord();
  for (const shard of ['a', 'b', 'c']) {
    record.failed('cuda:1', shard);
    record.beginProcess();
  }
  t.is(record.state('cuda:1'), 'failing');
});

test('what a process knows of devices is told to the next', (t) => {
  const before = new DeviceRecord();
  for (const shard of ['a', 'b', 'c']) before.failed('cuda:1', shard);
  const record = new DeviceRecord(before.all());
  t.is(record.state('cuda:1'), 'works');
  for (const shard of ['d', 'e', 'f']) record.failed('cuda:1', shard);
  t.true(record.isHopeless('cuda:1'));
});
