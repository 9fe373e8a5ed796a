/** The public API of `grodin`: docs/library.md shows each function. */
export type { ManifestCell } from '../manifests/builders/cells-builder.js';
export type { BuiltManifest, LeftOut, LeftOutOfArchives } from '../manifests/builders/manifest-builder.js';
export type { WrittenSets } from '../manifests/corrupted-sets.js';
export type {
  CorruptionCell,
  CorruptionForm,
  CorruptionInput,
  CorruptionSetting,
  Severity,
} from '../manifests/imagenet/corruptions.js';
export type { AboutManifest, ManifestHeader } from '../manifests/manifest-header.js';
export type { ManifestRow } from '../manifests/manifest-row.js';
export type {
  PublishedEnsemble,
  PublishedInDomain,
  PublishedModel,
  PublishedOutlier,
  PublishedSet,
} from '../manifests/paper/published.js';
export type { ManifestEntry } from '../manifests/write-manifest.js';
export type { Ablation } from '../stages/cells.js';
export type { KeyOf, ShownDetector, ShownKey, UsualDetector } from '../stages/detectors/index.js';
export * from '../stages/errors.js';
export type { ModelDescription } from '../stages/scoring/describe-model.js';
export type { Spread } from '../workers/bench/measurement-spread.js';
export type { PassKind } from '../workers/bench/pass.js';
export type { NodeTime, OperationTime, ProfileSummary } from '../workers/bench/profile-summary.js';
export type { Precision } from '../workers/devices/device.js';
export type { DeviceFindings } from '../workers/doctor/check-device.js';
export type { NodeShares, Speed, Split } from '../workers/doctor/check-messages.js';
export type { SplitSpeed } from '../workers/doctor/splits.js';
export type {
  ChangedPreset,
  PerChannel,
  Preprocess,
  PreprocessChange,
  PreprocessInput,
  PreprocessSettings,
  Sides,
  WholePreprocess,
} from '../workers/images/preprocess.js';
export { preprocessPresets } from '../workers/images/presets.js';
export type { Interpolation } from '../workers/images/resample.js';
export type { ResampleFilter } from '../workers/images/resample-weights.js';
export type { JudgedImage } from '../workers/judge-images.js';
export type { PassSeconds } from '../workers/measure-rate.js';
export type { Deviation } from '../workers/parity/deviation.js';
export type { Parity } from '../workers/parity/measure.js';
export type { FailedImage, Prediction, ScoredImage } from '../workers/score-images.js';
export type { PassCounts, SplitName, Wave } from '../workers/store/planned-shard.js';
export type { CalibrationRow } from './analyses/calibration-rows.js';
export type { HardExampleRow } from './analyses/hard-example-rows.js';
export type { HistogramRow } from './analyses/histograms.js';
export type { AnalysisRows } from './analyses/index.js';
export type { ReliabilityRow } from './analyses/reliability.js';
export type { ThresholdRow } from './analyses/threshold-rows.js';
export {
  type ImagenetClassesOptions,
  type ImagenetValOptions,
  imagenetAManifest,
  imagenetCManifests,
  imagenetOManifest,
  imagenetRManifest,
  imagenetValManifest,
  type TarOptions,
  type TinyImagenetOptions,
  tarManifest,
  tinyImagenetManifest,
  type WebdatasetOptions,
  webdatasetManifest,
} from './archive-manifests.js';
export type { BenchSettings, ModelFigures, PassFigures } from './bench/bench-model.js';
export type { OptimizedGraph } from './bench/optimized-graph.js';
export { type BenchOptions, bench } from './bench.js';
export { type CheckManifestsOptions, checkManifests } from './check-manifests.js';
export { type CompareOptions, compare } from './compare.js';
export type { ComparedPair, FoundOnlyIn, RunComparison } from './comparison/compare-runs.js';
export type { ComparedDetector, DetectorSide } from './comparison/compared-row.js';
export type { NamesCompared } from './comparison/name-pairs.js';
export type { SettingDifference } from './comparison/settings.js';
export * from './compile.js';
export { type CorruptedSetsOptions, writeCorruptedSets } from './corrupted-sets.js';
export type { DeviceCosts, ModelCosts } from './costs/device-costs.js';
export type { DetectorChoice } from './deployment/found-detector.js';
export type {
  DetectorDescription,
  DetectorSettings,
  WrittenDetector,
} from './deployment/write-detector.js';
export type { Advice, DeviceReport } from './doctor/examine.js';
export { type DoctorOptions, doctor } from './doctor.js';
export type {
  Experiment,
  ExperimentInput,
  ExperimentModel,
  ExperimentModelInput,
  ExperimentSet,
  ExperimentSetInput,
  ListedSet,
  ListedSetInput,
  ModelEnsemble,
  SetGroup,
  ShiftedSet,
  ShiftedSetInput,
  Spacing,
  ValidationSet,
  ValidationSetInput,
} from './experiment/experiment.js';
export type { ExportOutcome, ExportSettings, UnfinishedWave } from './export/export-run.js';
export type { ExportFormatName } from './export/formats/names.js';
export { type ExportOptions, exportScores } from './export-scores.js';
export { type ForecastOptions, forecast } from './forecast.js';
export type { CacheSettings } from './graphs/graph-cache.js';
export type { ErrorRow } from './inputs/errors-table.js';
export * from './inputs/image-errors.js';
export {
  type CifarOptions,
  cifarCManifests,
  cifarManifest,
  type NpyOptions,
  npyManifest,
  type ParquetOptions,
  parquetManifest,
} from './item-manifests.js';
export type { JobOptions } from './jobs/apart.js';
export type {
  BrokenImage,
  CheckedManifest,
  LabelBeyond,
  ManifestCheckSettings,
  ManifestsCheck,
  SharedContent,
} from './jobs/check-manifests.js';
export type { Diagnosis, DoctorSettings } from './jobs/diagnose.js';
export type { ForecastSettings, RunForecast } from './jobs/forecast-run.js';
export type { JudgeSettings } from './jobs/judge-files.js';
export type { PixelSettings, PreprocessedImage } from './jobs/preprocess-files.js';
export type { ScoreSettings } from './jobs/score-files.js';
export { type JudgeOptions, judge } from './judge.js';
export {
  type BaseKind,
  type FolderOptions,
  folderManifest,
  type ImglistOptions,
  imglistManifest,
  type Manifest,
  readManifest,
  writeManifest,
} from './manifest.js';
export * from './metrics.js';
export type { MemoryPlan } from './plan/memory-plan.js';
export type { PoolMemory, Progress } from './pool/pool-messages.js';
export type { Share } from './pool/share.js';
export type { RunWatch } from './pool/supervisor.js';
export { type PreprocessOptions, preprocess } from './preprocess.js';
export { parseExperiment, readExperiment } from './read-experiment.js';
export { type ReduceOptions, reduce } from './reduce.js';
export type { AccuracyRow, MetricRow } from './reduction/result-rows.js';
export type { ModelOutlierPair } from './reduction/results.js';
export type { ThumbnailMode } from './report/thumbnail-modes.js';
export type { ReportSettings, WrittenReport } from './report/write-report.js';
export { type ReportOptions, report } from './report.js';
export type { CorruptOption } from './resolved-corruption.js';
export type { ReduceSettings } from './results/reduce-run.js';
export type { RunResults } from './results/stored-results.js';
export {
  type RunOptions,
  type RunOutcome,
  run,
  runWithoutReducing,
  type ScoringOptions,
  type ScoringOutcome,
} from './run.js';
export { type ScoreOptions, score } from './score.js';
export type { SelectionRow } from './selection/selection-rows.js';
export type { RunSettings } from './setup/run-settings.js';
export type { WorkInFlight } from './status/in-flight.js';
export type { WorkerPace } from './status/pace.js';
export type { WaveForecast } from './status/remaining-passes.js';
export type { RunStatus, ShardInFlight } from './status/run-status.js';
export type { Waited, Waiting } from './status/wait-for-end.js';
export type { PartStatus, WaveStatus } from './status/wave-status.js';
export { type StatusOptions, status } from './status.js';
export type { Submission } from './submissions/submission.js';
export { type TableFormat, tableFormats } from './tables/formats.js';
export type {
  PublishedFigure,
  Table,
  TableCell,
  TableColumn,
  TableDataNames,
  TableDatum,
  TableRow,
  TableSection,
} from './tables/table.js';
export { type WaitOptions, wait } from './wait.js';
export { type DetectorOptions, writeDetector } from './write-detector.js';
