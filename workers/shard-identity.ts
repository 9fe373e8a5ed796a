import { createHash } from 'node:crypto';
import { relative, sep } from 'node:path';
import { type CorruptionSetting, corruptionContent } from '../manifests/imagenet/corruptions.js';
import type { ManifestRow } from '../manifests/manifest-row.js';
import type { Cell } from '../stages/cells.js';
import type { ReadingName } from '../stages/detectors/logit-readings.js';
import type { Preprocess } from './images/preprocess.js';
import { hashJson } from './store/canonical-json.js';
import { SCORE_SCHEMA_VERSION } from './store/shard-scores.js';

/** What the scores of one model depend on, besides images and cells. */
export interface ModelIdentity {
  /** sha256 (hex) of the model file, followed by the external data that it names, in the order in which it names them. */
  readonly sha256: string;
  /** Name of the model's output that is scored; absent where none is named. */
  readonly output?: string;
  /** Height and width that a model which leaves them free is scored at; absent where the crop decides, or the file. */
  readonly size?: readonly [height: number, width: number];
  readonly preprocess: Preprocess;
  readonly parameters: readonly string[];
  readonly tie: readonly string[];
  readonly untie: readonly string[];
  /** Absent where none is given, as `trainable`. */
  readonly literals?: readonly string[] | undefined;
  readonly trainable?: readonly string[] | undefined;
  readonly epsilonScale: readonly number[];
  /** Whether there are norms of layers among the scores; absent where there are not, as before there could be. */
  readonly layerNorms?: true;
  /** As planned, even where a worker had to halve it. */
  readonly batchSize: number;
  /**
   * How many ε of one temperature are scored together, as the run was planned, whatever a device had to do instead
   * (`stepsTogetherOn`). Absent for pass by pass, which identities were made of before there was anything else.
   */
  readonly stepsTogether?: number;
  /** Classes, ascending, among which predictions are made too; absent where they are not asked for. */
  readonly ownClasses?: readonly number[] | undefined;
  /** The class of engine: scores of other engines agree within a tolerance, not to the bit. */
  readonly engine: string;
}

/** What a shard scores of its images. */
export interface ShardCells {
  readonly cells: readonly Cell[];
  readonly forwardCells: readonly Cell[];
  readonly forwardTemperatures: readonly number[];
  readonly logits?: true | undefined;
  readonly readings?: readonly ReadingName[] | undefined;
}

/**
 * The sha256 (hex) of everything the scores of a shard depend on but the images' content, which the shard itself tells.
 * Names of models and sets, workers and devices are no part of it, nor are the folders that the files lie in.
 * @param images what `rowsDigest` says of the shard's rows
 * @param corrupt what the images are given first
 */
export function shardIdentity(
  model: ModelIdentity,
  images: string,
  { cells, forwardCells, forwardTemperatures, logits, readings }: ShardCells,
  corrupt?: CorruptionSetting,
): string {
  const { resize, interpolation, crop, mean, std, truncated } = model.preprocess;
  return hashJson({
    scoreSchema: SCORE_SCHEMA_VERSION,
    engine: model.engine,
    model: model.sha256,
    ...(model.output === undefined ? {} : { output: model.output }),
    ...(model.size === undefined ? {} : { size: model.size }),
    preprocess: {
      ...{ resize, interpolation, crop, mean, std },
      // Absent as before there could be any other.
      ...(truncated === undefined ? {} : { truncated }),
    },
    parameters: model.parameters,
    tie: model.tie,
    untie: model.untie,
    ...(model.literals === undefined ? {} : { literals: model.literals }),
    ...(model.trainable === undefined ? {} : { trainable: model.trainable }),
    epsilonScale: model.epsilonScale,
    ...(model.layerNorms === undefined ? {} : { layerNorms: model.layerNorms }),
    ...(model.ownClasses === undefined ? {} : { ownClasses: model.ownClasses }),
    batchSize: model.batchSize,
    ...(model.stepsTogether === undefined ? {} : { stepsTogether: model.stepsTogether }),
    rows: images,
    ...(corrupt === undefined ? {} : { corrupt: corruptionContent(corrupt) }),
    cells: cells.map((cell) => [cell.epsilon, cell.temperature]),
    // Absent where there are none, as before there could be any.
    ...(forwardCells.length === 0
      ? {}
      : { forwardCells: forwardCells.map((cell) => [cell.epsilon, cell.temperature]) }),
    forwardTemperatures,
    ...(logits === undefined ? {} : { logits }),
    ...(readings === undefined
      ? {}
      : { readings: readings.map(({ detector, temperature }) => [detector, temperature]) }),
  });
}

/** Where an image lies below its manifest's folder, with forward slashes. @param path absolute */
export function placeBelow(folder: string, path: string): string {
  return relative(folder, path).split(sep).join('/');
}

/**
 * sha256 (hex) of rows of a manifest: id, path relative to the manifest's folder, label and base of each.
 * @param folder absolute path of the manifest's folder
 */
export function rowsDigest(folder: string, rows: Iterable<ManifestRow | undefined>): string {
  const hash = createHash('sha256');
  for (const row of rows) {
    const path = row === undefined ? null : placeBelow(folder, row.path);
    hash.update(`${JSON.stringify([row?.id, path, row?.label, row?.base])}\n`);
  }
  return hash.digest('hex');
}
