import test from 'ava';
import { ImageRecord } from '../../pipeline/inputs/bad-images.js';
import type { OpenRun } from '../../pipeline/opening/opened.js';
import type { PlannedShard } from '../../workers/store/planned-shard.js';

/** A run of some models and 60 + 140 images, of which a fraction may be bad. */
const runOf = (models: number, maxBadFraction: number) =>
  ({
    models: Array.from({ length: models }),
    sets: [{ split: { validation: new Int32Array(60), test: new Int32Array(140) } }],
    experiment: { maxBadFraction },
  }) as unknown as OpenRun;

function recordOf(tried: number, failed: number): ImageRecord {
  const record = new ImageRecord();
  const rows = Int32Array.from({ length: tried }, (_, row) => row);
  const failures = Array.from(rows.subarray(0, failed), (row) => ({ row, message: `${row}.png: no image` }));
  // A second shard of the same images, as of another cell.
  for (let shard = 0; shard < 2; shard += 1)
    record.note({ model: 'net', set: 'clean', rows } as unknown as PlannedShard, failures);
  return record;
}

test('as many images may be bad as the fraction says, each counted once for each model', (t) => {
  t.is(recordOf(200, 4).problem(runOf(1, 0.02)), null);
  t.regex(
    recordOf(200, 5).problem(runOf(1, 0.02)) ?? '',
    /^5 of 200 images could not be used, more than maxBadFraction 0\.02 allows \(the first: 0\.png: no image\)/,
  );
  t.is(recordOf(200, 8).problem(runOf(2, 0.02)), null);
  t.regex(recordOf(200, 9).problem(runOf(2, 0.02)) ?? '', /^9 of 400 /);
  t.is(recordOf(200, 0).problem(runOf(1, 0)), null);
});

test('where most of the first images are bad the run is ended early, unless so many may be', (t) => {
  t.is(recordOf(100, 50).problem(runOf(3, 0.4)), null);
  t.regex(
    recordOf(100, 51).problem(runOf(3, 0.4)) ?? '',
    /^51 of the first 100 images \(each counted for 3 models\) could not be used/,
  );
  t.is(recordOf(99, 99).problem(runOf(3, 0.4)), null);
  t.is(recordOf(100, 100).problem(runOf(3, 0.5)), null);
});
