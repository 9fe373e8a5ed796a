/** The public API of `grodin`. */
import '../workers/engines/no-telemetry.js';

export type { ParameterOptions } from '../stages/differentiation/parameter.js';
export { GrodinError, InputError, InterruptedError, ModelError, RunFailedError } from '../stages/errors.js';
export type { BootstrapSummary } from '../stages/metrics/bootstrap.js';
export type { MetricName as Metric } from '../stages/metrics/kinds/index.js';
export type { CompileOptions } from '../stages/scoring/compile.js';
export type { Preprocess } from '../workers/images/preprocess.js';
export { preprocessPresets } from '../workers/images/presets.js';
export type { FailedImage, ScoredImage } from '../workers/score-images.js';
export { compile, parametersOf } from './compile.js';
export type { Experiment } from './experiment/experiment.js';
export type { CacheSettings } from './graphs/graph-cache.js';
export { type DetectionMetricsOptions, detectionMetrics } from './metrics.js';
export { readExperiment } from './read-experiment.js';
export type { AccuracyRow, MetricRow } from './reduction/result-rows.js';
export { type RunOptions, type RunOutcome, run, runWithoutReducing, type ScoringOutcome } from './run.js';
export { type ScoreOptions, score } from './score.js';
export type { SelectionRow } from './selection/selection-rows.js';
