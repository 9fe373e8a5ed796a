import test from 'ava';
import { ImageRecord } from '../../pipeline/inputs/bad-images.js';
import { FailureRecord, failedImages } from '../../pipeline/inputs/errors-table.js';
import type { OpenRun } from '../../pipeline/opening/opened.js';

const shard = (id: string, model: string, set: string, rows: readonly number[]) => ({
  ...{ id, model, set, rows: Int32Array.from(rows) },
  ...{ cells: [], forwardCells: [], forwardTemperatures: [1] },
});
const failing = (image: string, message: string) => ({
  ids: ['whole', image],
  failures: [{ row: 1, stage: 'decoding' as const, message }],
});

test('errors are told in the order of models, sets and rows, and what an image first met in that of shards', (t) => {
  const run = { models: [{ name: 'a' }, { name: 'b' }], sets: [{ name: 'x' }, { name: 'y' }] };
  const record = new FailureRecord();
  // In whatever order they are read.
  record.note({ id: '4' }, failing('y8', 'other model'));
  record.note({ id: '2' }, failing('x7', 'second'));
  record.note({ id: '1' }, failing('x7', 'first'));
  record.note({ id: '3' }, failing('x2', 'lower row'));
  record.note({ id: '5' }, failing('x9', 'not asked for'));
  record.note({ id: '6' }, { ids: ['whole'], failures: [] });
  const shards = [
    shard('4', 'b', 'y', [0, 8]),
    shard('1', 'a', 'x', [0, 7]),
    shard('2', 'a', 'x', [0, 7]),
    shard('3', 'a', 'x', [0, 2]),
    // The same images under another name share their shards.
    shard('3', 'a', 'y', [0, 2]),
  ];
  const rows = record.rowsOf(run as unknown as OpenRun, shards);
  t.deepEqual(
    rows.map(({ model, set, image, message }) => [model, set, image, message]),
    [
      ['a', 'x', 'x2', 'lower row'],
      ['a', 'x', 'x7', 'first'],
      ['a', 'y', 'x2', 'lower row'],
      ['b', 'y', 'y8', 'other model'],
    ],
  );
});

test('an image that several models met, or one in two stages, is one image', (t) => {
  const row = { set: 'x', image: 'x2', stage: 'decoding', message: 'broken' } as const;
  const rows = [
    { ...row, model: 'a' },
    { ...row, model: 'b' },
    { ...row, model: 'b', stage: 'scoring' as const },
    { ...row, model: 'b', set: 'y' },
  ];
  t.is(failedImages(rows), 2);
  t.is(failedImages([]), 0);

  const record = new ImageRecord();
  const failures = [{ row: 1, message: 'x2.png: broken' }];
  for (const model of ['a', 'b']) record.note(shard(model, model, 'x', [0, 2]), failures);
  t.is(record.failed, 1);
  const sets = [{ split: { validation: [0, 2], test: [] } }];
  const run = { models: [{}, {}], sets, experiment: { maxBadFraction: 0.1 } } as unknown as OpenRun;
  t.regex(record.problem(run) ?? '', /^2 of 4 images \(each counted for 2 models\) could not be used/);
});
