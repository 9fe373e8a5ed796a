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
import { checksumOf, isSealed, seal, UNSEALED } from './checksum.js';
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
  /** How many ε of one temperature were really scored together; 1 for pass by pass. */
  readonly stepsTogether: number;
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
): { scores: ShardScores; origin: ShardOrigin; checksum: string } {
  const checksum = checksumOf(bytes);
  if (checksum === null) throw new ShardFileError('it is truncated or altered: its checksum does not match');
  const table = tableFromIPC(bytes);
  const metadata = (key: string): string => table.schema.metadata.get(key) ?? '';
  if (metadata('identity') !== identity) {
    throw new ShardFileError(`it holds shard ${metadata('identity') || 'unknown'}, not ${identity}`);
  }
  const isWhole =
    metadata('score_schema') === String(SCORE_SCHEMA_VERSION) &&
    metadata('rows') === String(table.numRows) &&
    table.schema.fields.every(({ name }, index) => name === fields[index]?.name) &&
    table.schema.fields.length === fields.length;
  if (!isWhole) throw notItsMetadata();
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
  const digests = decodeDigests(metadata('image_sha256'), ids.length);
  // Whatever wrote it: the rows are cell by cell, each with the same images, and no image is in neither list.
  const isInOrder =
    digests !== null &&
    metadata('images') === String(ids.length) &&
    usable.length + failures.length === ids.length &&
    new Set([...usable, ...failures.map(({ row }) => row)]).size === ids.length &&
    (usable.length === 0 ? scored === 0 : scored % usable.length === 0) &&
    codes.subarray(0, scored).every((image, row) => image === usable[row % usable.length]) &&
    usable.every((image, nth) => nth === 0 || image > (usable[nth - 1] ?? 0));
  if (!isInOrder) throw notItsMetadata();
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
    const isOneCell = (column: Float64Array, value: number): boolean =>
      column.subarray(row, row + usable.length).every((other) => other === value);
    if (!isOneCell(epsilon, cell.epsilon) || !isOneCell(temperature, cell.temperature))
      throw notItsMetadata();
    if (gradient?.isValid(row) !== true) logSG.fill(Number.NaN, row, row + usable.length);
  }
  const predicted = Int32Array.from(table.getChild('predicted')?.data[0]?.values ?? []).subarray(0, scored);
  return {
    checksum,
    scores: {
      ids,
      labels,
      digests,
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
      stepsTogether: Number(metadata('steps_together') || 1),
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
    // Files of shards that were scored pass by pass are as they were before there was anything else.
    ...(origin.stepsTogether === 1 ? [] : [['steps_together', String(origin.stepsTogether)] as const]),
    ['image_sha256', encodeDigests(scores.digests)],
  ]);
}

const DIGEST_BYTES = 32;

/** One after the other in base64, zeros where there is none. */
function encodeDigests(digests: readonly (string | null)[]): string {
  const bytes = Buffer.alloc(digests.length * DIGEST_BYTES);
  digests.forEach((digest, row) => {
    if (digest !== null) bytes.write(digest, row * DIGEST_BYTES, 'hex');
  });
  return bytes.toString('base64');
}

/** @returns null where there are more or fewer than images */
function decodeDigests(text: string, count: number): (string | null)[] | null {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.length !== count * DIGEST_BYTES) return null;
  return Array.from({ length: count }, (_, row) => {
    const digest = bytes.subarray(row * DIGEST_BYTES, (row + 1) * DIGEST_BYTES);
    return digest.some((byte) => byte !== 0) ? digest.toString('hex') : null;
  });
}

function notItsMetadata(): ShardFileError {
  return new ShardFileError('its rows are not what its metadata says');
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
