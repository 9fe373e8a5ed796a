import { usualDetectors } from '../../stages/detectors/index.js';
import { DEFAULT_MAX_PIXELS } from '../../workers/images/source.js';
import { evenlySpaced } from './grid.js';

/** What an experiment file leaves out; the grid, detectors and resamplings are the paper's (section 3). */
export const experimentDefaults = {
  detectors: usualDetectors,
  epsilon: evenlySpaced(0, 0.004, 21),
  temperature: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000],
  space: 'pixel',
  layerNorms: false,
  seed: 0,
  deviation: 100,
  interval: 2000,
  batchSize: null,
  memory: null,
  maxPixels: DEFAULT_MAX_PIXELS,
  device: 'cpu',
  workers: null,
  shardSeconds: 60,
  maxBadFraction: 0.01,
  parameters: ['*'],
  tie: [],
  untie: [],
  test: null,
} as const;
