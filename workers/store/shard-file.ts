import { type Table, tableFromIPC } from 'apache-arrow';
import { RunFailedError } from '../../stages/errors.js';
import { setting } from '../../stages/setting.js';
import { type Columns, number, oneWordOf, orNull, placeAmong, text, whole } from '../arrow/column.js';
import { encodeTable, type StoredColumns, storedColumns, type TableContents } from '../arrow/table-file.js';
import { checksumOf, isSealed, seal, UNSEALED } from './checksum.js';
import { decodeDigests, encodeDigests } from './shard-digests.js';
import { hasLayers, layerColumns, layerMetadata, layersIn, normsAt } from './shard-layers.js';
import { hasLogits, logitColumns, logitMetadata, logitsAt, logitsIn } from './shard-logits.js';
import { hasOwnClasses, ownClassesColumns, ownClassesIn, ownClassesMetadata } from './shard-own-classes.js';
import { hasPaths, pathColumn, pathColumns, pathsIn } from './shard-paths.js';
import { hasReadings, readingColumns, readingMetadata, readingsAt, readingsIn } from './shard-readings.js';
import {
  failureStages,
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
  /**
   * sha256 (hex) of the model's file and its external data; absent in files from before it was told. The names that an experiment
   * has for models, sets and splits are no part of a shard, whose bytes follow from its identity whatever they are.
   */
  readonly modelSha256?: string;
}

/** Why a file can't be taken as the shard it should be. */
export class ShardFileError extends Error {
  override readonly name = 'ShardFileError';
}

/** The columns of a shard's rows, whose images go by the places of their ids. What a row has no use for is null. */
const columnsOf = (ids: readonly string[]) => ({
  image: placeAmong(ids),
  label: orNull(whole),
  predicted: orNull(whole),
  epsilon: orNull(number),
  temperature: orNull(number),
  max_logit: orNull(number),
  log_odds: orNull(number),
  log_sg: orNull(number),
  stage: orNull(oneWordOf(failureStages)),
  message: orNull(text),
});

type StoredRows = StoredColumns<ReturnType<typeof columnsOf>>;

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

  const cells = {
    image: imageOf,
    label: (row: number) => scores.labels[imageOf(row)] ?? null,
    predicted: ifScored((row) => scores.predicted[row] ?? null),
    epsilon: ifScored((row) => cellOf(row)?.epsilon ?? null),
    temperature: ifScored((row) => cellOf(row)?.temperature ?? null),
    max_logit: ifScored((row) => scores.maxLogit[row] ?? null),
    log_odds: ifScored((row) => scores.logOdds[row] ?? null),
    log_sg: ifScored((row) => (cellOf(row)?.gradient ? (scores.logSG[row] ?? null) : null)),
    stage: (row: number) => failure(row)?.stage ?? null,
    message: (row: number) => failure(row)?.message ?? null,
  };
  const columns = columnsOf(scores.ids);
  const metadata = metadataOf(scores, origin, rows);
  const { own, layers, logits, readings } = scores;
  const paths = scores.paths && pathColumn(scores.paths);
  const all: Pick<TableContents<Columns>, 'columns' | 'cells'> = {
    columns: {
      ...columns,
      ...paths?.columns,
      ...(own && ownClassesColumns),
      ...(layers && layerColumns),
      ...(logits && logitColumns),
      ...(readings && readingColumns),
    },
    cells: {
      ...cells,
      ...(paths && { path: (row: number) => paths.cell(imageOf(row)) }),
      ...(own && { predicted_among_own: ifScored((row) => own.predicted[row] ?? null) }),
      ...(layers && {
        layer_log_norms: ifScored((row) => (cellOf(row)?.gradient ? normsAt(layers, row) : null)),
      }),
      ...(logits && { logits: ifScored((row) => (row < usable ? logitsAt(logits, row) : null)) }),
      ...(readings && {
        logit_readings: ifScored((row) => (row < usable ? readingsAt(readings, row) : null)),
      }),
    },
  };
  const bytes = seal(encodeTable({ rows, metadata, bitmapUnit: 1, ...all }));
  if (!isSealed(bytes)) throw new ShardFileError('the checksum of a new shard does not hold');
  return bytes;
}

/**
 * Reads a shard file, checking every byte of it first.
 * @throws ShardFileError when the file is truncated, altered, or another shard's
 * @throws RunFailedError when it is whole, and as another version of grodin writes it
 */
export function decodeShard(
  bytes: Uint8Array,
  identity: string,
): { scores: ShardScores; origin: ShardOrigin; checksum: string } {
  const { table, checksum } = openShard(bytes, identity);
  const stored = storedColumns(table, columnsOf([]), notItsMetadata);
  const images = imagesIn(table, stored);
  const { ids, usable, scored } = images;
  const { cells, logSG } = cellsIn(stored, scored, usable.length);
  const paths = pathsIn(table, images.ofRows, ids.length, notItsMetadata);
  const own = ownClassesIn(table, scored, notItsMetadata);
  const layers = layersIn(table, cells, usable.length, notItsMetadata);
  const logits = logitsIn(table, scored === 0 ? 0 : usable.length, notItsMetadata);
  const readings = readingsIn(table, scored === 0 ? 0 : usable.length, notItsMetadata);
  return {
    checksum,
    scores: {
      ids,
      labels: images.labels,
      ...(paths === undefined ? {} : { paths }),
      digests: images.digests,
      usable,
      cells,
      predicted: Int32Array.from(stored.predicted.values).subarray(0, scored),
      maxLogit: numbersOf(stored.max_logit, scored),
      logOdds: numbersOf(stored.log_odds, scored),
      logSG,
      ...(own === undefined ? {} : { own }),
      ...(layers === undefined ? {} : { layers }),
      ...(logits === undefined ? {} : { logits }),
      ...(readings === undefined ? {} : { readings }),
      failures: images.failures,
    },
    origin: originOf(table, identity),
  };
}

/** The table of a file that is whole, this shard's, and as this version of grodin writes it. */
function openShard(
  bytes: Uint8Array,
  identity: string,
): { readonly table: Table; readonly checksum: string } {
  const checksum = checksumOf(bytes);
  if (checksum === null) throw new ShardFileError('it is truncated or altered: its checksum does not match');
  const table = tableFromIPC(bytes);
  const found = metadataIn(table, 'identity');
  if (found !== identity) throw new ShardFileError(`it holds shard ${found || 'unknown'}, not ${identity}`);
  const schema = metadataIn(table, 'score_schema');
  // Nothing is wrong with such a shard, so that it must not be taken for a damaged one.
  if (/^\d+$/.test(schema) && schema !== String(SCORE_SCHEMA_VERSION))
    throw new RunFailedError(
      `shard ${identity}: was written by another version of grodin (score schema ${schema}, here ${SCORE_SCHEMA_VERSION}); ` +
        `go on with that version, or start another run with another ${setting('out')}`,
    );
  const names = Object.keys({
    ...columnsOf([]),
    ...(hasPaths(table) ? pathColumns : {}),
    ...(hasOwnClasses(table) ? ownClassesColumns : {}),
    ...(hasLayers(table) ? layerColumns : {}),
    ...(hasLogits(table) ? logitColumns : {}),
    ...(hasReadings(table) ? readingColumns : {}),
  });
  const isWhole =
    schema === String(SCORE_SCHEMA_VERSION) &&
    metadataIn(table, 'rows') === String(table.numRows) &&
    table.schema.fields.every(({ name }, index) => name === names[index]) &&
    table.schema.fields.length === names.length;
  if (!isWhole) throw notItsMetadata();
  return { table, checksum };
}

/** What rows say of images: which of them have scores, which failed, and the image of each row. */
function imagesIn(table: Table, { image, label, stage, message }: StoredRows) {
  const ids = image.texts;
  const ofRows = Int32Array.from(image.values).subarray(0, table.numRows);
  const labels: (number | null)[] = ids.map(() => null);
  ofRows.forEach((of, row) => {
    labels[of] = label.at(row);
  });
  const scored = stage.nulls;
  const failures = Array.from(ofRows.subarray(scored), (row, index): ShardFailure => {
    const at = stage.at(scored + index);
    if (at === null) throw notItsMetadata();
    return { row, stage: at, message: message.at(scored + index) ?? '' };
  });
  const usable = [...new Set(ofRows.subarray(0, scored))];
  const digests = decodeDigests(metadataIn(table, 'image_sha256'), ids.length);
  // Whatever wrote it: the rows are cell by cell, each with the same images, and no image is in neither list.
  const isInOrder =
    digests !== null &&
    metadataIn(table, 'images') === String(ids.length) &&
    usable.length + failures.length === ids.length &&
    new Set([...usable, ...failures.map(({ row }) => row)]).size === ids.length &&
    (usable.length === 0 ? scored === 0 : scored % usable.length === 0) &&
    ofRows.subarray(0, scored).every((of, row) => of === usable[row % usable.length]) &&
    usable.every((of, nth) => nth === 0 || of > (usable[nth - 1] ?? 0));
  if (!isInOrder) throw notItsMetadata();
  return { ids, ofRows, labels, scored, failures, usable, digests };
}

/** The cells of the rows with scores, so many rows a cell; and log SG of each row, NaN where a cell has none. */
function cellsIn(
  stored: StoredRows,
  scored: number,
  rowsOfCell: number,
): { readonly cells: readonly ScoredCell[]; readonly logSG: Float64Array } {
  const epsilons = numbersOf(stored.epsilon, scored);
  const temperatures = numbersOf(stored.temperature, scored);
  const logSG = numbersOf(stored.log_sg, scored);
  const cells: ScoredCell[] = [];
  for (let row = 0; row < scored; row += rowsOfCell) {
    const epsilon = epsilons[row] ?? Number.NaN;
    const temperature = temperatures[row] ?? Number.NaN;
    const gradient = !stored.log_sg.isNull(row);
    cells.push({ epsilon, temperature, gradient });
    const isOneCell = (column: Float64Array, value: number): boolean =>
      column.subarray(row, row + rowsOfCell).every((other) => other === value);
    if (!isOneCell(epsilons, epsilon) || !isOneCell(temperatures, temperature)) throw notItsMetadata();
    if (!gradient) logSG.fill(Number.NaN, row, row + rowsOfCell);
  }
  return { cells, logSG };
}

function originOf(table: Table, identity: string): ShardOrigin {
  const modelSha256 = table.schema.metadata.get('model_sha256');
  return {
    identity,
    engine: metadataIn(table, 'engine'),
    engineVersion: metadataIn(table, 'engine_version'),
    provider: metadataIn(table, 'provider'),
    processor: metadataIn(table, 'processor'),
    batchSize: Number(metadataIn(table, 'batch_size')),
    stepsTogether: Number(metadataIn(table, 'steps_together') || 1),
    ...(modelSha256 === undefined ? {} : { modelSha256 }),
  };
}

function metadataIn(table: Table, key: string): string {
  return table.schema.metadata.get(key) ?? '';
}

/** The first values of a column. */
function numbersOf({ values }: { readonly values: ArrayLike<number> }, count: number): Float64Array {
  return Float64Array.from(values).subarray(0, count);
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
    ...(origin.modelSha256 === undefined ? [] : [['model_sha256', origin.modelSha256] as const]),
    // Files of shards that were scored pass by pass keep the form they had before there were groups.
    ...(origin.stepsTogether === 1 ? [] : [['steps_together', String(origin.stepsTogether)] as const]),
    // So do those without predictions among a set's own classes, norms of layers, logits and what is read of them.
    ...(scores.own === undefined ? [] : [ownClassesMetadata(scores.own)]),
    ...(scores.layers === undefined ? [] : [layerMetadata(scores.layers)]),
    ...(scores.logits === undefined ? [] : [logitMetadata(scores.logits)]),
    ...(scores.readings === undefined ? [] : [readingMetadata(scores.readings)]),
    ['image_sha256', encodeDigests(scores.digests)],
  ]);
}

function notItsMetadata(): ShardFileError {
  return new ShardFileError('its rows do not match its metadata');
}
