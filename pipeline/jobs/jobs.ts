import type { JudgedImage } from '../../workers/judge-images.js';
import type { FailedImage, ScoredByNamed } from '../../workers/score-images.js';
import { runDirectory } from '../../workers/store/run-directory.js';
import { type BenchSettings, benchModel, type ModelFigures } from '../bench/bench-model.js';
import { compareDirectories, type RunComparison } from '../comparison/compare-runs.js';
import type { NamesCompared } from '../comparison/name-pairs.js';
import type { DeviceCosts } from '../costs/device-costs.js';
import { type CostSettings, measureCosts } from '../costs/measure-costs.js';
import type { Experiment } from '../experiment/experiment.js';
import { type ExportOutcome, type ExportSettings, exportRun } from '../export/export-run.js';
import { writePage } from '../report/write-page.js';
import type { ReportSettings, WrittenReport } from '../report/write-report.js';
import { type ReduceSettings, reduceRun } from '../results/reduce-run.js';
import type { RunResults } from '../results/stored-results.js';
import { checkImages, type ManifestCheckSettings, type ManifestsCheck } from './check-manifests.js';
import { type Diagnosis, type DoctorSettings, diagnose } from './diagnose.js';
import { type ForecastSettings, forecastRun, type RunForecast } from './forecast-run.js';
import { type JudgeSettings, judgeFiles } from './judge-files.js';
import { type PixelSettings, type PreprocessedImage, preprocessFiles } from './preprocess-files.js';
import { type ScoreSettings, scoreFiles } from './score-files.js';

/** Work that opens an engine or a decoder of images, or computes for long. Its order, and the parts that it gives, are plain data: they go from process to process. */
type Job<Order extends readonly unknown[], Part> = (
  order: Order,
  note: (text: string) => void,
) => AsyncIterable<Part>;

/** Every kind of work that the library has done in a process of its own. */
export interface Jobs {
  readonly score: Job<
    [file: string, paths: readonly string[], settings: ScoreSettings],
    readonly (ScoredByNamed | FailedImage)[]
  >;
  readonly judge: Job<
    [file: string, paths: readonly string[], settings: JudgeSettings],
    readonly (JudgedImage | FailedImage)[]
  >;
  readonly preprocess: Job<
    [paths: readonly string[], settings: PixelSettings],
    readonly (PreprocessedImage | FailedImage)[]
  >;
  readonly forecast: Job<[experiment: Experiment, settings: ForecastSettings], RunForecast>;
  readonly doctor: Job<[settings: DoctorSettings], Diagnosis>;
  readonly bench: Job<[file: string, options: BenchSettings], ModelFigures>;
  readonly costs: Job<[settings: CostSettings], DeviceCosts>;
  readonly checkManifests: Job<[files: readonly string[], settings: ManifestCheckSettings], ManifestsCheck>;
  readonly exportScores: Job<[out: string, file: string, settings: ExportSettings], ExportOutcome>;
  readonly compare: Job<[first: string, second: string, names: NamesCompared], RunComparison>;
  readonly report: Job<[paths: readonly string[], settings: ReportSettings], WrittenReport>;
  readonly reduce: Job<[out: string, settings: ReduceSettings], RunResults>;
}

export const jobs: Jobs = {
  score: ([file, paths, settings], note) => scoreFiles(file, paths, settings, note),
  judge: ([file, paths, settings], note) => judgeFiles(file, paths, settings, note),
  preprocess: ([paths, settings]) => preprocessFiles(paths, settings),
  forecast: async function* ([experiment, settings], note) {
    yield await forecastRun(experiment, settings, note);
  },
  doctor: async function* ([settings], note) {
    yield await diagnose(settings, note);
  },
  bench: async function* ([file, options]) {
    yield await benchModel(file, options);
  },
  costs: async function* ([settings]) {
    yield await measureCosts(settings);
  },
  checkManifests: async function* ([files, settings], note) {
    yield await checkImages(files, settings, note);
  },
  exportScores: async function* ([out, file, settings]) {
    yield await exportRun(runDirectory(out), file, settings);
  },
  compare: async function* ([first, second, names]) {
    yield await compareDirectories(first, second, names);
  },
  report: async function* ([paths, settings]) {
    yield await writePage(paths, settings);
  },
  reduce: async function* ([out, settings]) {
    yield await reduceRun(runDirectory(out), settings);
  },
};
