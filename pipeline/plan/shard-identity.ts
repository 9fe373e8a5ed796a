import { dirname, relative, sep } from 'node:path';
import type { Manifest, ManifestRow } from '../../manifests/manifest.js';
import type { Preprocess } from '../../workers/images/preprocess.js';
import { hashJson, type Json } from '../store/canonical-json.js';
import { SCORE_SCHEMA_VERSION } from '../store/shard-scores.js';
import type { PlannedShard } from './planned-shard.js';

/** What the scores of one model depend on, besides images and cells. */
export interface ModelIdentity {
  /** sha256 (hex) of the model file, followed by the external data that it names, in the order in which it names them. */
  readonly sha256: string;
  readonly preprocess: Preprocess;
  readonly parameters: readonly string[];
  readonly tie: readonly string[];
  readonly untie: readonly string[];
  readonly epsilonScale: readonly number[];
  readonly batchSize: number;
  /** The class of engine: scores of other engines agree within a tolerance, not to the bit. */
  readonly engine: string;
}

/**
 * The sha256 (hex) of everything the scores of a shard depend on. Names of models and sets, workers and
 * devices are no part of it, nor are the folders that the files lie in.
 */
export function shardIdentity(
  model: ModelIdentity,
  manifest: Manifest,
  shard: Pick<PlannedShard, 'rows' | 'cells' | 'forwardTemperatures'>,
): string {
  const { resize, interpolation, crop, mean, std } = model.preprocess;
  return hashJson({
    scoreSchema: SCORE_SCHEMA_VERSION,
    engine: model.engine,
    model: model.sha256,
    preprocess: { resize, interpolation, crop, mean, std },
    parameters: model.parameters,
    tie: model.tie,
    untie: model.untie,
    epsilonScale: model.epsilonScale,
    batchSize: model.batchSize,
    rows: hashRows(manifest, shard.rows),
    cells: shard.cells.map((cell) => [cell.epsilon, cell.temperature]),
    forwardTemperatures: shard.forwardTemperatures,
  });
}

function hashRows(manifest: Manifest, rows: Int32Array): string {
  const folder = dirname(manifest.file);
  return hashJson(
    Array.from(rows, (row): Json => {
      const entry: ManifestRow | undefined = manifest.rows[row];
      if (entry === undefined) return null;
      return [entry.id, relative(folder, entry.path).split(sep).join('/'), entry.label, entry.base];
    }),
  );
}
