import {
  type Data,
  type DataType,
  Dictionary,
  Field,
  Float64,
  Int32,
  makeData,
  RecordBatch,
  Schema,
  Struct,
  Table,
  tableFromIPC,
  tableToIPC,
  Utf8,
  vectorFromArray,
} from 'apache-arrow';
import { isSealed, seal, UNSEALED } from './checksum.js';
import {
  SCORE_SCHEMA_VERSION,
  type ScoredCell,
  type ShardFailure,
  type ShardScores,
} from './shard-scores.js';

/** What a shard file says of itself besides its rows. */
export interface ShardOrigin {
  /** The shard's identity, sha256 (hex). */
  readonly identity: string;
  readonly engine: string;
  readonly engineVersion: string;
  readonly provider: string;
  readonly processor: string;
  /** The batch size that was really used. */
  readonly batchSize: number;
}

/** Why a file can't be taken as the shard it should be. */
export class ShardFileError extends Error {
  override readonly name = 'ShardFileError';
}

// Arrow numbers dictionaries with a counter of the process unless told: equal shards need equal bytes.
const imageType = new Dictionary(new Utf8(), new Int32(), 1, false);

const fields = [
  new Field('image', imageType, false),
  new Field('label', new Int32(), true),
  new Field('predicted', new Int32(), true),
  new Field('epsilon', new Float64(), true),
  new Field('temperature', new Float64(), true),
  new Field('max_logit', new Float64(), true),
  new Field('log_odds', new Float64(), true),
  new Field('log_sg', new Float64(), true),
  new Field('stage', new Utf8(), true),
  new Field('message', new Utf8(), true),
];

/**
 * A shard as an Arrow IPC file: its score rows cell by cell, then one row an image that failed. The schema
 * metadata says where it comes from and carries a checksum over the whole file.
 */
export function encodeShard(scores: ShardScores, origin: ShardOrigin): Uint8Array {
  const usable = scores.usable.length;
  const scored = scores.cells.length * usable;
  const rows = scored + scores.failures.length;
  const imageOf = (row: number): number =>
    (row < scored ? scores.usable[row % usable] : scores.failures[row - scored]?.row) ?? 0;
  const cellOf = (row: number): ScoredCell | undefined => scores.cells[Math.floor(row / usable)];
  const ifScored = <T>(value: (row: number) => T) => {
    return (row: number): T | null => (row < scored ? value(row) : null);
  };
  const failure = (row: number): ShardFailure | undefined =>
    row < scored ? undefined : scores.failures[row - scored];

  const children: Data[] = [
    makeData({
      type: imageType,
      length: rows,
      nullCount: 0,
      data: Int32Array.from({ length: rows }, (_, row) => imageOf(row)),
      dictionary: vectorFromArray([...scores.ids], new Utf8()),
    }),
    int32(rows, (row) => scores.labels[imageOf(row)] ?? null),
    int32(
      rows,
      ifScored((row) => scores.predicted[row] ?? null),
    ),
    float64(
      rows,
      ifScored((row) => cellOf(row)?.epsilon ?? null),
    ),
    float64(
      rows,
      ifScored((row) => cellOf(row)?.temperature ?? null),
    ),
    float64(
      rows,
      ifScored((row) => scores.maxLogit[row] ?? null),
    ),
    float64(
      rows,
      ifScored((row) => scores.logOdds[row] ?? null),
    ),
    float64(
      rows,
      ifScored((row) => (cellOf(row)?.gradient ? (scores.logSG[row] ?? null) : null)),
    ),
    utf8(rows, (row) => failure(row)?.stage ?? null),
    utf8(rows, (row) => failure(row)?.message ?? null),
  ];
  const schema = new Schema(fields, metadataOf(scores, origin, rows));
  const struct = makeData({ type: new Struct(schema.fields), length: rows, nullCount: 0, children });
  const bytes = seal(tableToIPC(new Table(schema, [new RecordBatch(schema, struct)]), 'file'));
  if (!isSealed(bytes)) throw new ShardFileError('the checksum of a new shard does not hold');
  return bytes;
}

/**
 * Reads a shard file, checking every byte of it first.
 * @throws ShardFileError when the file is truncated, altered, or another shard's
 */
export function decodeShard(
  bytes: Uint8Array,
  identity: string,
): { scores: ShardScores; origin: ShardOrigin } {
  if (!isSealed(bytes)) throw new ShardFileError('it is truncated or altered: its checksum does not match');
  const table = tableFromIPC(bytes);
  const metadata = (key: string): string => table.schema.metadata.get(key) ?? '';
  if (metadata('identity') !== identity) {
    throw new ShardFileError(`it holds shard ${metadata('identity') || 'unknown'}, not ${identity}`);
  }
  if (
    metadata('score_schema') !== String(SCORE_SCHEMA_VERSION) ||
    metadata('rows') !== String(table.numRows)
  ) {
    throw new ShardFileError('its rows are not what its metadata says');
  }
  const images = table.getChild('image')?.data[0];
  const ids = images?.dictionary ? Array.from(images.dictionary, String) : [];
  const codes = Int32Array.from(images?.values ?? []).subarray(0, table.numRows);
  const labels: (number | null)[] = ids.map(() => null);
  const label = table.getChild('label');
  codes.forEach((image, row) => {
    labels[image] = label?.get(row) ?? null;
  });

  const stage = table.getChild('stage');
  const message = table.getChild('message');
  const scored = table.numRows - (stage === null ? 0 : stage.length - stage.nullCount);
  const failures = Array.from(codes.subarray(scored), (image, index): ShardFailure => {
    return { row: image, stage: stage?.get(scored + index), message: message?.get(scored + index) ?? '' };
  });
  const usable = [...new Set(codes.subarray(0, scored))];
  const numbers = (name: string): Float64Array =>
    Float64Array.from(table.getChild(name)?.data[0]?.values ?? []).subarray(0, scored);
  const epsilon = numbers('epsilon');
  const temperature = numbers('temperature');
  const logSG = numbers('log_sg');
  const gradient = table.getChild('log_sg');
  const cells: ScoredCell[] = [];
  for (let row = 0; row < scored; row += usable.length) {
    const cell = { epsilon: epsilon[row] ?? Number.NaN, temperature: temperature[row] ?? Number.NaN };
    cells.push({ ...cell, gradient: gradient?.isValid(row) ?? false });
    if (gradient?.isValid(row) !== true) logSG.fill(Number.NaN, row, row + usable.length);
  }
  const predicted = Int32Array.from(table.getChild('predicted')?.data[0]?.values ?? []).subarray(0, scored);
  return {
    scores: {
      ids,
      labels,
      usable,
      cells,
      predicted,
      maxLogit: numbers('max_logit'),
      logOdds: numbers('log_odds'),
      logSG,
      failures,
    },
    origin: {
      identity,
      engine: metadata('engine'),
      engineVersion: metadata('engine_version'),
      provider: metadata('provider'),
      processor: metadata('processor'),
      batchSize: Number(metadata('batch_size')),
    },
  };
}

function metadataOf(scores: ShardScores, origin: ShardOrigin, rows: number): Map<string, string> {
  return new Map([
    ['checksum', UNSEALED],
    ['identity', origin.identity],
    ['score_schema', String(SCORE_SCHEMA_VERSION)],
    ['rows', String(rows)],
    ['images', String(scores.ids.length)],
    ['engine', origin.engine],
    ['engine_version', origin.engineVersion],
    ['provider', origin.provider],
    ['processor', origin.processor],
    ['batch_size', String(origin.batchSize)],
  ]);
}

function int32(length: number, value: (row: number) => number | null): Data<Int32> {
  const data = new Int32Array(length);
  const nulls = validity(length, (row) => {
    const item = value(row);
    data[row] = item ?? 0;
    return item !== null;
  });
  return makeData({ type: new Int32(), length, data, ...nulls });
}

function float64(length: number, value: (row: number) => number | null): Data<Float64> {
  const data = new Float64Array(length);
  const nulls = validity(length, (row) => {
    const item = value(row);
    data[row] = item ?? 0;
    return item !== null;
  });
  return makeData({ type: new Float64(), length, data, ...nulls });
}

function utf8(length: number, value: (row: number) => string | null): Data<DataType> {
  const parts: Buffer[] = [];
  const valueOffsets = new Int32Array(length + 1);
  const nulls = validity(length, (row) => {
    const item = value(row);
    const part = Buffer.from(item ?? '', 'utf8');
    parts.push(part);
    valueOffsets[row + 1] = (valueOffsets[row] ?? 0) + part.length;
    return item !== null;
  });
  return makeData({ type: new Utf8(), length, valueOffsets, data: Buffer.concat(parts), ...nulls });
}

function validity(length: number, isValid: (row: number) => boolean) {
  const nullBitmap = new Uint8Array((length + 7) >> 3);
  let nullCount = 0;
  for (let row = 0; row < length; row += 1) {
    if (isValid(row)) nullBitmap[row >> 3] = (nullBitmap[row >> 3] ?? 0) | (1 << (row & 7));
    else nullCount += 1;
  }
  return { nullBitmap, nullCount };
}
