import { tableFromIPC } from 'apache-arrow';
import test from 'ava';
import fc from 'fast-check';
import {
  decodeShard,
  encodeShard,
  ShardFileError,
  type ShardOrigin,
} from '../../workers/store/shard-file.js';
import type { ShardScores } from '../../workers/store/shard-scores.js';

const origin: ShardOrigin = {
  identity: 'a'.repeat(64),
  engine: 'onnxruntime',
  engineVersion: '1.30.0',
  provider: 'cpu',
  processor: 'x64 test',
  batchSize: 4,
  stepsTogether: 1,
};

const scores: ShardScores = {
  ids: ['cat/1.png', 'cat/2.png', 'dög/3.png'],
  labels: [3, 3, null],
  usable: [0, 2],
  cells: [
    { epsilon: 0, temperature: 1, gradient: false },
    { epsilon: 0.0002, temperature: 1000, gradient: true },
  ],
  predicted: Int32Array.of(3, 7, 3, 8),
  maxLogit: Float64Array.of(12.5, 0.1, 12.25, -4),
  logOdds: Float64Array.of(110.25, -0.3, 1e-300, 5e10),
  logSG: Float64Array.of(Number.NaN, Number.NaN, -300.5, 2),
  digests: ['1'.repeat(64), null, 'f0'.repeat(32)],
  failures: [{ row: 1, stage: 'decoding', message: 'cat/2.png: the file is empty' }],
};

test('a shard comes back from its file as it was', (t) => {
  const { checksum, ...found } = decodeShard(encodeShard(scores, origin), origin.identity);
  t.deepEqual(found, { scores, origin });
  t.regex(checksum, /^[0-9a-f]{64}$/);
});

test('shards keep the bytes that earlier ones of the same scores have', (t) => {
  const { checksum } = decodeShard(encodeShard(scores, origin), origin.identity);
  t.is(checksum, '4f3b78d61bc272a4dde8b6410e9350feaa06f58e101b25d6424897274960846d');
});

test('a shard that says where its images lie and by which model they were scored comes back so', (t) => {
  const paths = ['a/1.png', 'a/2.png', 'a/1.png'];
  const modelSha256 = 'c'.repeat(64);
  const bytes = encodeShard({ ...scores, paths, layers }, { ...origin, modelSha256 });
  const { checksum: _, ...found } = decodeShard(bytes, origin.identity);
  t.deepEqual(found, { scores: { ...scores, paths, layers }, origin: { ...origin, modelSha256 } });
  const table = tableFromIPC(bytes);
  t.deepEqual(
    Array.from(table, (row) => [row.image, row.path]),
    [
      ['cat/1.png', 'a/1.png'],
      ['dög/3.png', 'a/1.png'],
      ['cat/1.png', 'a/1.png'],
      ['dög/3.png', 'a/1.png'],
      ['cat/2.png', 'a/2.png'],
    ],
  );
  // Readers make categories of the texts, which must differ.
  t.is(table.getChild('path')?.data[0]?.dictionary?.length, 2);
});

const layers = {
  names: ['fc.weight', 'fc.bias', 'a "name"\n'],
  logNorms: Float32Array.of(...new Array(6).fill(Number.NaN), -300.5, -302.25, -Infinity, 2, 1.5, 0.25),
};

test('norms of layers come back from the file as they were, null in rows that have no gradient', (t) => {
  const kept = { ...scores, layers };
  const bytes = encodeShard(kept, origin);
  t.deepEqual(decodeShard(bytes, origin.identity).scores, kept);
  t.deepEqual(encodeShard(kept, origin), bytes);
  const column = tableFromIPC(bytes).getChild('layer_log_norms');
  const rows = Array.from(column ?? [], (list) => list && [...list.toArray()]);
  t.deepEqual(rows, [null, null, [-300.5, -302.25, -Infinity], [2, 1.5, 0.25], null]);
});

test('norms of layers are kept of a shard in which every image failed, too', (t) => {
  const none = { usable: [], cells: [], predicted: new Int32Array() };
  const empty = new Float64Array();
  const failed: ShardScores = {
    ...{ ...scores, ...none, maxLogit: empty, logOdds: empty, logSG: empty },
    layers: { names: layers.names, logNorms: new Float32Array() },
    failures: [0, 1, 2].map((row) => ({ row, stage: 'decoding', message: `image ${row}` })),
  };
  t.deepEqual(decodeShard(encodeShard(failed, origin), origin.identity).scores, failed);
});

test('a shard whose norms of layers are not those that it names is refused', (t) => {
  const short = { names: layers.names, logNorms: layers.logNorms.subarray(0, 10) };
  const bytes = encodeShard({ ...scores, layers: short }, origin);
  t.throws(() => decodeShard(bytes, origin.identity), {
    instanceOf: ShardFileError,
    message: /do not match/,
  });
});

test('what detectors read of logits comes back from the file as it was, in the rows of the first cell', (t) => {
  const names = [
    { detector: 'Energy', temperature: 1 },
    { detector: 'TempScale', temperature: 1.7320508075688772 },
  ];
  const kept = { ...scores, readings: { names, values: Float64Array.of(1 / 3, -5e-300, -Infinity, 1e300) } };
  const bytes = encodeShard(kept, origin);
  t.deepEqual(decodeShard(bytes, origin.identity).scores, kept);
  const column = tableFromIPC(bytes).getChild('logit_readings');
  const rows = Array.from(column ?? [], (list) => list && [...list.toArray()]);
  t.deepEqual(rows, [[1 / 3, -5e-300], [-Infinity, 1e300], null, null, null]);
  const short = { names, values: kept.readings.values.subarray(0, 3) };
  t.throws(() => decodeShard(encodeShard({ ...scores, readings: short }, origin), origin.identity), {
    instanceOf: ShardFileError,
    message: /do not match/,
  });
});

test('a shard says how many ε were scored together, unless each had a pass of its own', (t) => {
  const groups = { ...origin, stepsTogether: 5 };
  t.deepEqual(decodeShard(encodeShard(scores, groups), origin.identity).origin, groups);
  const says = (shard: ShardOrigin) => Buffer.from(encodeShard(scores, shard)).includes('steps_together');
  t.true(says(groups));
  t.false(says(origin));
});

test('a shard in which every image failed comes back with its failures', (t) => {
  const failed: ShardScores = {
    ...scores,
    usable: [],
    cells: [],
    predicted: new Int32Array(),
    maxLogit: new Float64Array(),
    logOdds: new Float64Array(),
    logSG: new Float64Array(),
    failures: [0, 1, 2].map((row) => ({ row, stage: 'decoding', message: `image ${row}` })),
  };
  t.deepEqual(decodeShard(encodeShard(failed, origin), origin.identity).scores, failed);
});

test('equal shards have equal bytes, whatever was encoded before them', (t) => {
  const first = encodeShard(scores, origin);
  encodeShard({ ...scores, ids: ['x', 'y', 'z'] }, origin);
  t.deepEqual(encodeShard(scores, origin), first);
});

test('any altered byte of a shard file is noticed', (t) => {
  const bytes = encodeShard(scores, origin);
  for (let at = 0; at < bytes.length; at += 1) {
    const altered = Uint8Array.from(bytes);
    altered[at] = (altered[at] ?? 0) ^ (1 << (at % 8));
    t.throws(() => decodeShard(altered, origin.identity), { instanceOf: ShardFileError }, `byte ${at}`);
  }
});

test('a shard file cut short or padded at any place is noticed', (t) => {
  const bytes = encodeShard(scores, origin);
  fc.assert(
    fc.property(fc.nat(bytes.length - 1), fc.uint8Array({ minLength: 1, maxLength: 64 }), (length, tail) => {
      t.throws(() => decodeShard(bytes.subarray(0, length), origin.identity), { instanceOf: ShardFileError });
      const padded = Buffer.concat([bytes, tail]);
      t.throws(() => decodeShard(padded, origin.identity), { instanceOf: ShardFileError });
    }),
  );
});

test('a file that holds another shard is not taken for this one', (t) => {
  const error = t.throws(() => decodeShard(encodeShard(scores, origin), 'b'.repeat(64)));
  t.regex(error.message, /holds shard a+, not b+/);
});
