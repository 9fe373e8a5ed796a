/** What the compiler must know of the library's types: checked by every build, never run. */
import {
  type BenchOptions,
  type BuiltManifest,
  bench,
  type CheckManifestsOptions,
  type CifarOptions,
  type CompareOptions,
  type CompareScoresOptions,
  type CompileOptions,
  type CorruptedSetsOptions,
  type compile,
  type DetectionMetricsOptions,
  type DoctorOptions,
  detectionMetrics,
  type doctor,
  type Experiment,
  type ExperimentInput,
  type FailedImage,
  type FolderOptions,
  type ForecastOptions,
  type ImagenetClassesOptions,
  type ImagenetValOptions,
  type ImglistOptions,
  type MetricName,
  type NpyOptions,
  type ParameterList,
  type ParquetOptions,
  type Prediction,
  type PreprocessOptions,
  parseExperiment,
  type ReduceOptions,
  type ReportOptions,
  type RunForecast,
  type RunOptions,
  type RunOutcome,
  type reduce,
  run,
  type ScoredImage,
  type ScoreOptions,
  type StatusOptions,
  score,
  type status,
  type TarOptions,
  type TinyImagenetOptions,
  type WaitOptions,
  type WebdatasetOptions,
} from 'grodin';
import type { listParameters } from 'grodin/compile';
import type { detectionMetrics as ofMetrics } from 'grodin/metrics';
import type { z } from 'zod';
import type { PlannedExperiment } from '../../pipeline/experiment/experiment.js';
import type { plannedExperiment, resolvedExperiment } from '../../pipeline/experiment/resolved-schema.js';
import type { experimentSchema } from '../../pipeline/experiment/schema.js';
import type { optionSchemas } from '../../pipeline/options.js';

/** As `Type`, and nothing in it may be changed. */
type Frozen<Type> = Type extends object ? { readonly [Key in keyof Type]: Frozen<Type[Key]> } : Type;

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const holds = <_Claim extends true>(): void => {};

holds<Equal<typeof detectionMetrics, typeof ofMetrics>>();
holds<Equal<MetricName, keyof ReturnType<typeof detectionMetrics>>>();
holds<Equal<Awaited<ReturnType<typeof compile>>, Uint8Array>>();
holds<Equal<Awaited<ReturnType<typeof listParameters>>, ParameterList>>();
holds<Equal<Awaited<ReturnType<typeof parseExperiment>>, Experiment>>();
holds<Equal<Awaited<ReturnType<typeof run>>, RunOutcome>>();
const scored = score('net.onnx', []);
holds<Equal<typeof scored, AsyncGenerator<ScoredImage | FailedImage, void, undefined>>>();
holds<Equal<keyof ScoredImage, keyof Prediction | 'msp' | 'ml' | 'odin' | 'logG' | 'logSG'>>();
const byNamed = score('net.onnx', [], { detectors: ['Energy', 'SG'] });
holds<Equal<typeof byNamed, AsyncGenerator<ScoredImage<'Energy' | 'SG'> | FailedImage, void, undefined>>>();
holds<Equal<keyof ScoredImage<'Energy' | 'SG'>, keyof Prediction | 'energy' | 'logSG'>>();
holds<RunOutcome extends Awaited<ReturnType<typeof reduce>> ? true : false>();
holds<
  Equal<
    keyof Awaited<ReturnType<typeof status>>,
    | 'out'
    | 'experiment'
    | 'state'
    | 'waves'
    | 'selectionMade'
    | 'resultsWritten'
    | 'resultsOutdated'
    | 'awaited'
    | 'failedImages'
    | 'inFlight'
    | 'workers'
    | 'imagesPerSecond'
    | 'remainingSeconds'
  >
>();
holds<Equal<keyof Awaited<ReturnType<typeof doctor>>, 'devices' | 'splits' | 'use'>>();
holds<Equal<RunForecast['waves'][number]['wave'], 1 | 2>>();
holds<Equal<BuiltManifest['entries'][number]['label'], number | null>>();
// Experiments are what their schemas say, key by key.
holds<Equal<ExperimentInput, Frozen<z.input<typeof experimentSchema>>>>();
holds<Equal<Experiment, Frozen<z.output<typeof resolvedExperiment>>>>();
holds<Equal<PlannedExperiment, Frozen<z.output<typeof plannedExperiment>>>>();
// Options are those that are checked: a key that a schema lacks would be refused, one that a type lacks is never given.
type Checked = typeof optionSchemas;
type SameKeys<Options, Name extends keyof Checked> = Equal<keyof Options, keyof Checked[Name]['shape']>;
holds<SameKeys<BenchOptions, 'bench'>>();
holds<SameKeys<CheckManifestsOptions, 'checkManifests'>>();
holds<SameKeys<CompareOptions, 'compare'>>();
holds<SameKeys<CompareScoresOptions, 'compareScores'>>();
holds<SameKeys<CompileOptions, 'compile'>>();
holds<SameKeys<CompileOptions, 'writeScorer'>>();
holds<SameKeys<DetectionMetricsOptions, 'detectionMetrics'>>();
holds<SameKeys<DoctorOptions, 'doctor'>>();
holds<SameKeys<FolderOptions, 'folderManifest'>>();
holds<Equal<Exclude<keyof ForecastOptions, keyof Checked['forecast']['shape']>, never>>();
holds<SameKeys<ImagenetClassesOptions, 'imagenetAManifest'>>();
holds<SameKeys<ImagenetClassesOptions, 'imagenetRManifest'>>();
holds<SameKeys<ImagenetValOptions, 'imagenetValManifest'>>();
holds<SameKeys<TarOptions, 'tarManifest'>>();
holds<SameKeys<TinyImagenetOptions, 'tinyImagenetManifest'>>();
holds<SameKeys<WebdatasetOptions, 'webdatasetManifest'>>();
holds<SameKeys<ImglistOptions, 'imglistManifest'>>();
holds<SameKeys<CifarOptions, 'cifarManifest'>>();
holds<SameKeys<NpyOptions, 'npyManifest'>>();
holds<SameKeys<ParquetOptions, 'parquetManifest'>>();
holds<SameKeys<PreprocessOptions, 'preprocess'>>();
holds<SameKeys<ReduceOptions, 'reduce'>>();
holds<SameKeys<ReportOptions, 'report'>>();
holds<SameKeys<RunOptions, 'run'>>();
holds<SameKeys<ScoreOptions, 'score'>>();
holds<SameKeys<StatusOptions, 'status'>>();
holds<SameKeys<WaitOptions, 'wait'>>();
holds<SameKeys<CorruptedSetsOptions, 'writeCorruptedSets'>>();
// What only the project's own harnesses may say.
holds<Equal<Extract<keyof RunOptions, 'entry' | 'silence'>, never>>();

/** A result is one or the other, told apart by its keys. */
export function predictedOf(result: ScoredImage | FailedImage): number | string {
  return 'error' in result ? result.error : result.predicted;
}

/** What an experiment may say, and what it may not. */
export async function experiments(): Promise<void> {
  const set = { name: 'in', manifest: 'in.csv', validation: 10 } as const;
  const models = [{ name: 'net', file: 'net.onnx', preprocess: 'imagenet' }] as const;
  await parseExperiment({ models, inDomain: set, outliers: [set] }, '.');
  const grid = { epsilon: { from: 0, to: 0.004, points: 21 }, temperature: [1, 10] } as const;
  const own = { mean: [0, 0, 0], std: [1, 1, 1] } as const;
  await parseExperiment(
    { models: [{ ...models[0], preprocess: own }], inDomain: set, outliers: [set], grid, memory: '4GB' },
    '.',
  );
  // @ts-expect-error without sets there is nothing to compare
  await parseExperiment({ models }, '.');
  // @ts-expect-error a set is drawn from so many rows, not from words
  await parseExperiment({ models, inDomain: { ...set, validation: 'all' }, outliers: [set] }, '.');
  // @ts-expect-error an object that was not parsed lacks its defaults
  await run({ models, inDomain: set, outliers: [set] }, { out: 'out' });
}

/** What options may say, and what they may not. */
export async function options(signal: AbortSignal | undefined): Promise<void> {
  for await (const _ of score('net.onnx', ['a.png'], { signal, device: 'cuda:1', precision: 'tf32' }));
  await bench('net.onnx', { rounds: 3, signal });
  // What is not given may be undefined, wherever it is an option.
  await bench('net.onnx', { rounds: undefined, profile: undefined, signal });
  await run(await parseExperiment(undefined as never, '.'), {
    ...{ out: 'out', device: undefined, memory: undefined, stop: undefined, onProgress: undefined },
  });
  // @ts-expect-error a temperature is fitted by runs, which single images are not
  score('net.onnx', [], { detectors: ['TempScale'] });
  // @ts-expect-error there is no such precision
  score('net.onnx', [], { precision: 'fp64' });
  detectionMetrics(Float32Array.of(0, 1), [2, 3]);
  // @ts-expect-error scores are numbers
  detectionMetrics(['0'], [1]);
}
