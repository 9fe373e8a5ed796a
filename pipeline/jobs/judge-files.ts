import { makeTemporaryFolder } from '../../manifests/output/temporary-folder.js';
import { InputError } from '../../stages/errors.js';
import { setting } from '../../stages/setting.js';
import { engineClass, loweringsOf, type Precision, stepsTogetherOn } from '../../workers/devices/device.js';
import { deviceKind, selectDevices } from '../../workers/devices/index.js';
import { loadFirst } from '../../workers/doctor/load-first.js';
import { imageFiles } from '../../workers/images/image-file.js';
import { DEFAULT_MAX_PIXELS } from '../../workers/images/source.js';
import { type JudgedImage, judgeImages } from '../../workers/judge-images.js';
import { machineCores } from '../../workers/machine-cores.js';
import type { FailedImage } from '../../workers/score-images.js';
import { SessionCache } from '../../workers/session-cache.js';
import { type DetectorChoice, findDetector } from '../deployment/found-detector.js';
import { type CacheSettings, cacheSettings } from '../graphs/graph-cache.js';
import { modelIdentity } from '../opening/model-identity.js';
import { CompiledModels } from '../pool/compiled-models.js';
import { precisionOf } from '../setup/run-setup.js';

/** By which detector of which run image files are judged, and on what. */
export interface JudgeSettings extends DetectorChoice {
  /** For example `cuda:0`. Default: `cpu`. */
  readonly device?: string | undefined;
  /** How the device rounds inside. Default: `fp32`. */
  readonly precision?: Precision | undefined;
  /** Images of more pixels can't be judged. Default: 178956970, Pillow's limit. */
  readonly maxPixels?: number | undefined;
  /** Where compiled graphs are kept for later calls, or null for nowhere. Default: as the environment says. */
  readonly cache?: CacheSettings | null | undefined;
}

/**
 * Judges image files by a detector that a run has found, in this process, whose environment becomes that of the device. On the
 * run's engine and processor, scores are those of the run bit by bit: graphs, batch size and preprocessing are its own.
 * @param onNote told in one line each what to know
 * @returns the verdicts batch by batch, in the order of the paths
 * @throws as `findDetector`; an image that can't be read is a FailedImage, not an error
 */
export async function* judgeFiles(
  file: string,
  paths: readonly string[],
  settings: JudgeSettings,
  onNote: (text: string) => void,
): AsyncGenerator<readonly (JudgedImage | FailedImage)[]> {
  const {
    device: named = 'cpu',
    precision: asked,
    maxPixels = DEFAULT_MAX_PIXELS,
    cache = cacheSettings(process.env),
    ...choice
  } = settings;
  const { revision, model, detector, found, preprocess, sha256 } = await findDetector(file, choice);
  const { batchSize, engine: scoredBy, stepsTogether } = revision.experiment;
  const [device] = await selectDevices(named);
  if (device === undefined)
    throw new InputError(`${setting('device')}: this machine has no device "${named}"`);
  const kind = deviceKind(device.name);
  const precision = precisionOf(kind, asked);
  const own = engineClass(kind, precision);
  if (own !== scoredBy)
    onNote(
      `${choice.from}: its threshold was found by ${scoredBy}, and this is ${own}: images within rounding of it may be judged otherwise`,
    );
  const engine = await loadFirst([device], precision);
  const together = stepsTogetherOn(kind, stepsTogether);
  const movesForward = !detector.needsGradient && found.epsilon > 0;
  const temporary = await makeTemporaryFolder();
  try {
    const compiled = new CompiledModels(temporary.path, cache, loweringsOf(kind, precision), {
      stepsTogether: together,
      movesForward,
    });
    // The threshold may have been found by another engine.
    const identity = { ...modelIdentity(model, revision.experiment, sha256), preprocess, engine: own };
    const { task } = await compiled.of({ ...model, file, preprocess, identity }, batchSize);
    const passes = await new SessionCache(engine, { threads: machineCores() }).of(task);
    const source = imageFiles({ maxPixels, allowMore: `allow more with ${setting('maxPixels')}` });
    const { epsilon, temperature, threshold } = found;
    const judge = { detector, cell: { epsilon, temperature }, threshold };
    try {
      for (let start = 0; start < paths.length; start += batchSize) {
        const some = paths.slice(start, start + batchSize);
        yield await judgeImages({ passes, task, batchSize }, source, some, judge);
      }
    } finally {
      await passes.dispose();
    }
  } finally {
    await temporary.remove();
  }
}
