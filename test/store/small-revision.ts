import type { Revision } from '../../pipeline/store/revisions.js';
import { SCORE_SCHEMA_VERSION } from '../../workers/store/shard-scores.js';

/** A revision of an experiment of one model and one set. */
export function revisionOf(batchSize: number, software: Readonly<Record<string, string>> = {}): Revision {
  const preprocess = {
    resize: null,
    interpolation: 'bilinear',
    crop: null,
    mean: [0, 0, 0],
    std: [1, 1, 1],
  } as const;
  const any = { parameters: ['*'], tie: [], untie: [] };
  return {
    experiment: {
      name: 'small',
      models: [{ name: 'net', file: '/net.onnx', preprocess, ...any }],
      inDomain: { name: 'clean', manifest: '/clean.csv', validation: 1, test: null },
      outliers: [{ name: 'O', manifest: '/O.csv', validation: 1, test: null }],
      detectors: ['G'],
      grid: { epsilon: [0], temperature: [1] },
      layerNorms: false,
      perturbation: { space: 'pixel' },
      seed: 0,
      resamplings: { deviation: 2, interval: 2 },
      batchSize,
      engine: 'onnxruntime',
      shardSeconds: 1,
      maxBadFraction: 0,
    },
    models: { net: 'a'.repeat(64) },
    manifests: { clean: 'c'.repeat(64) },
    scoreSchema: SCORE_SCHEMA_VERSION,
    engine: 'onnxruntime',
    software,
  };
}
