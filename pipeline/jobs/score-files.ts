import type { CorruptionSetting } from '../../manifests/imagenet/corruptions.js';
import { formatBytes } from '../../manifests/input/bytes.js';
import { makeTemporaryFolder } from '../../manifests/output/temporary-folder.js';
import { columnsOf, scoreColumns } from '../../stages/detectors/shown-scores.js';
import type { ParameterOptions } from '../../stages/differentiation/parameter.js';
import { InputError } from '../../stages/errors.js';
import { describeModel } from '../../stages/scoring/describe-model.js';
import { setting } from '../../stages/setting.js';
import { collectGarbage } from '../../workers/collect-garbage.js';
import { loweringsOf, type Precision } from '../../workers/devices/device.js';
import { deviceKind, selectDevices } from '../../workers/devices/index.js';
import { loadFirst } from '../../workers/doctor/load-first.js';
import { epsilonScale } from '../../workers/images/epsilon-scale.js';
import { imageFiles } from '../../workers/images/image-file.js';
import { channelsFault, type Preprocess, valuesFault } from '../../workers/images/preprocess.js';
import { preprocessPresets } from '../../workers/images/presets.js';
import { DEFAULT_MAX_PIXELS, type ImageShape } from '../../workers/images/source.js';
import { machineCores } from '../../workers/machine-cores.js';
import { machineMemory } from '../../workers/machine-memory.js';
import { openPasses } from '../../workers/passes/open.js';
import { type FailedImage, type ScoredByNamed, scoreImages } from '../../workers/score-images.js';
import { autoDevice } from '../doctor/auto.js';
import { type BatchOptions, CompiledGraphs } from '../graphs/compiled-graphs.js';
import { type CacheSettings, cacheSettings } from '../graphs/graph-cache.js';
import type { ModelChoices } from '../model/model-choices.js';
import { naming, readHashedModel } from '../model/read-model.js';
import { type ModelMemory, poolBytes } from '../plan/memory-plan.js';
import { memoryUseOf } from '../plan/workers.js';
import { precisionOf } from '../setup/run-setup.js';

/** Images scored together; more gain little and cost memory. */
const largestBatch = 8;

/** What image files are scored with. */
export interface ScoreSettings extends ParameterOptions {
  /** T; 1 by default. */
  readonly temperature?: number | undefined;
  /** ε in pixel units ([0, 1] range); 0 by default. */
  readonly epsilon?: number | undefined;
  /** Names of the detectors whose scores are wanted. Default: MSP, ML, ODIN, G and SG. */
  readonly detectors?: readonly string[] | undefined;
  /** What scores are made on, for example `cuda:0`, or `auto`; of several, the first. Default: `cpu`. */
  readonly device?: string | undefined;
  /** How the device rounds inside. Default: `fp32`. */
  readonly precision?: Precision | undefined;
  /**
   * By default `imagenet` for networks that take 224×224 images (`imagenet-c` where they are corrupted first) and `cifar10` for
   * those that take 32×32.
   */
  readonly preprocess?: Preprocess | undefined;
  /** Name of the model's output that is scored. Default: the only one that can be logits. */
  readonly modelOutput?: string | undefined;
  /** Height and width in pixels, of a model that leaves them free. Default: those that `preprocess` gives images. */
  readonly size?: readonly [height: number, width: number] | undefined;
  /** Images of more pixels can't be scored. Default: 178956970, Pillow's limit. */
  readonly maxPixels?: number | undefined;
  /** The corruption that images are given first, their paths being their ids. Default: none. */
  readonly corrupt?: CorruptionSetting | undefined;
  /** Where compiled graphs are kept for later calls, or null for nowhere. Default: as the environment says. */
  readonly cache?: CacheSettings | null | undefined;
}

/**
 * Scores image files with one model at one (ε, T), in this process, whose environment becomes that of the device.
 * @param file path of the ONNX file
 * @param onNote told in one line each what `auto` stood for, and why, and what to know of the model
 * @returns the scores batch by batch, in the order of the paths
 * @throws InputError or ModelError naming the file; an image that can't be read is a FailedImage, not an error
 */
export async function* scoreFiles(
  file: string,
  paths: readonly string[],
  settings: ScoreSettings,
  onNote: (text: string) => void,
): AsyncGenerator<readonly (ScoredByNamed | FailedImage)[]> {
  const {
    temperature = 1,
    epsilon = 0,
    preprocess: given,
    cache = cacheSettings(process.env),
    device: named = 'cpu',
    precision: asked,
    modelOutput: output,
    size,
    maxPixels = DEFAULT_MAX_PIXELS,
    corrupt,
    detectors,
    ...parameterOptions
  } = settings;
  const columns = detectors === undefined ? scoreColumns : columnsOf(detectors);
  const [device] = await selectDevices((await autoDevice(named, cache, onNote, asked)) ?? named);
  if (device === undefined)
    throw new InputError(`${setting('device')}: this machine has no device "${named}"`);
  const kind = deviceKind(device.name);
  const precision = precisionOf(kind, asked);
  const engine = await loadFirst([device], precision);
  const lowerings = loweringsOf(kind, precision);
  const choices = { output, size, preprocess: given };
  const batchSize = Math.max(1, Math.min(largestBatch, paths.length));
  const options = { ...parameterOptions, batch: batchSize, lowerings };
  const folder = await makeTemporaryFolder();
  try {
    const graphs = new CompiledGraphs(folder.path, cache);
    const { files, input, preprocess, memory } = await prepare(file, {
      choices,
      given,
      isCorrupted: corrupt !== undefined,
      graphs,
      options,
      onNote,
    });
    // The model and forms of its weights: the graphs would be opened on top of them.
    collectGarbage();
    const needed = poolBytes([memory], batchSize, 1, memoryUseOf([device]));
    const there = machineMemory();
    if (needed > there)
      onNote(
        `memory: scoring takes about ${formatBytes(needed)}, and this machine has ${formatBytes(there)}: it will be slow, or ended by the system`,
      );
    const passes = await openPasses(engine, files, { threads: machineCores() });
    const point = {
      epsilon,
      temperature,
      steps: epsilonScale(preprocess, 'pixel').map((scale) => epsilon * scale),
      columns,
    };
    const source = imageFiles({ maxPixels, allowMore: `allow more with ${setting('maxPixels')}` });
    try {
      for (let start = 0; start < paths.length; start += batchSize) {
        const some = paths.slice(start, start + batchSize);
        yield await scoreImages({ passes, batchSize, input }, source, some, { preprocess, corrupt }, point);
      }
    } finally {
      await passes.dispose();
    }
  } finally {
    await folder.remove();
  }
}

/** What a model's images are scored with. */
interface Prepared {
  /** Paths of the graphs. */
  readonly files: Readonly<Record<'perturbation' | 'scoring', string>>;
  readonly memory: ModelMemory;
  readonly input: ImageShape;
  readonly preprocess: Preprocess;
}

/** Reads a model, and compiles both passes of a score. When it is done, nothing refers to the model any more. */
async function prepare(
  file: string,
  {
    choices,
    given,
    isCorrupted,
    graphs,
    options,
    onNote,
  }: {
    readonly choices: ModelChoices;
    readonly given: Preprocess | undefined;
    readonly isCorrupted: boolean;
    readonly graphs: CompiledGraphs;
    readonly options: BatchOptions;
    readonly onNote: (text: string) => void;
  },
): Promise<Prepared> {
  const { model, sha256 } = await readHashedModel(file, choices);
  const input = naming(file, () => describeModel(model, options));
  for (const note of input.notes) onNote(`${file}: ${note}`);
  const unread = channelsFault(input);
  if (unread !== null) throw new InputError(`${file}: ${unread}`);
  const preprocess = given ?? presetFor(file, input, isCorrupted);
  const fault = valuesFault(preprocess, input);
  if (fault !== null) throw new InputError(`${file}: ${fault} (${setting('preprocess')})`);
  const of = (kind: 'perturbation' | 'scoring') =>
    graphs.of({ file, sha256, ...choices, decode: async () => model }, kind, options);
  const [perturbation, scoring] = [await of('perturbation'), await of('scoring')];
  return {
    input,
    preprocess,
    files: { perturbation: perturbation.file, scoring: scoring.file },
    memory: [perturbation.memory, scoring.memory],
  };
}

/** Of networks for images of usual channels and sides. */
const usualPresets: Readonly<Record<string, string>> = {
  '3×224': 'imagenet',
  '3×32': 'cifar10',
  '1×28': 'mnist',
};

function presetFor(file: string, { channels, height, width }: ImageShape, isCorrupted: boolean): Preprocess {
  const found = height === width ? usualPresets[`${channels}×${height}`] : undefined;
  // Corrupted images are cropped before they are corrupted.
  const usual = isCorrupted && found === 'imagenet' ? 'imagenet-c' : found;
  const preset = usual === undefined ? undefined : preprocessPresets[usual];
  if (preset) return preset;
  throw new InputError(
    `${file}: takes ${width}×${height} images${channels === 1 ? ' of 1 channel' : ''}, for which there is no usual preprocessing; say it with ${setting('preprocess')}`,
  );
}
