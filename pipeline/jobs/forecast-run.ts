import { requireMakeable } from '../../manifests/output/make-folder.js';
import { withTemporaryFolder } from '../../manifests/output/temporary-folder.js';
import { stepsTogetherOn } from '../../workers/devices/device.js';
import { requireDevice } from '../../workers/doctor/require-device.js';
import { secondsToCorrupt } from '../../workers/images/corruptions/measure-corruption.js';
import type { PassSeconds } from '../../workers/measure-rate.js';
import type { SplitName } from '../../workers/store/planned-shard.js';
import { type RunDirectory, runDirectory } from '../../workers/store/run-directory.js';
import type { ModelTask } from '../../workers/task.js';
import type { Experiment } from '../experiment/experiment.js';
import { keptByWave } from '../experiment/kept-logits.js';
import { cacheSettings } from '../graphs/graph-cache.js';
import { graphUse } from '../graphs/graph-use.js';
import { shardsOfChangedImages } from '../inputs/changed-images.js';
import { checkAllInputs } from '../inputs/check-inputs.js';
import { inputNotes } from '../inputs/input-notes.js';
import type { SeenImages } from '../inputs/seen-images.js';
import { relabelledTexts } from '../opening/carry-over.js';
import { checkFit, openExperiment } from '../opening/open-run.js';
import type { OpenExperiment, OpenModel } from '../opening/opened.js';
import { keptLogitBytes, keptRowsMemory } from '../plan/kept-rows.js';
import type { MemoryPlan, ModelMemory } from '../plan/memory-plan.js';
import { kindOf } from '../plan/workers.js';
import { CompiledModels } from '../pool/compiled-models.js';
import { ratesApart } from '../rates/rates-apart.js';
import { chooseSetup, planOnDevices } from '../setup/choose-setup.js';
import { memoryBound } from '../setup/memory-bound.js';
import { requireMemory } from '../setup/plan-batch.js';
import type { RunSettings } from '../setup/run-settings.js';
import { type DoneBefore, doneIn, forecastPasses, type WaveForecast } from '../status/remaining-passes.js';

/** Hours of a night: what a run should fit in. */
export const nightHours = 10;

/** What is left of a run, and what it takes: what `grodin run --dry-run` tells. */
export interface RunForecast {
  readonly waves: readonly (WaveForecast & { readonly hours: number })[];
  /** Seconds an image a pass on this machine, by model. */
  readonly rates: Readonly<Record<string, PassSeconds>>;
  /** Wave 2 counted at most. */
  readonly hours: number;
  /** Machines like this one, or GPUs of its speed, that finish within one night of 10 hours. */
  readonly machinesForOneNight: number;
  /** What the process that scores will take. */
  readonly memory: MemoryPlan;
  /** Bytes of the logits that the run directory will hold, of all models, or of what is read of them; 0 where nothing is kept. */
  readonly logitBytes: number;
  /** What they would be by `"logits"` of the experiment. */
  readonly logitBytesIf: { readonly all: number; readonly summaries: number };
  /** Sets whose images are corrupted when they are read, which takes time that is in no wave's hours. */
  readonly corruptedSets: number;
  /** Seconds that one core of this machine takes to corrupt each of their images once; a shard does so with its own. */
  readonly corruptionSeconds: number;
  /** Shards of this experiment that are finished in the run directory already. */
  readonly finishedShards: number;
}

/** Where and how the run would be run. */
export type ForecastSettings = RunSettings;

/**
 * Counts the passes of an experiment and times each model's graphs, in a process of its own: this one holds the rows of every
 * set, and neither's memory adds to the other's. Nothing is written but the graphs that it compiles, to the cache.
 * @param onNote told in one line each what `auto` stood for, and why, and what to know of the models
 * @throws InputError and ModelError as a run would
 */
export async function forecastRun(
  unplanned: Experiment,
  settings: ForecastSettings,
  onNote: (text: string) => void,
): Promise<RunForecast> {
  const {
    out,
    memory,
    cache = cacheSettings(process.env),
    rescore = false,
    trustImages = false,
    ...asked
  } = settings;
  const setup = await chooseSetup(unplanned, { ...asked, cache, onNote });
  const allowed = memoryBound(unplanned, memory, setup, onNote);
  const directory = runDirectory(out);
  await requireMakeable(directory.path);
  const { experiment, notes } = await planOnDevices(unplanned, directory, setup, allowed);
  for (const note of notes) onNote(note);
  const open = await openExperiment(experiment);
  for (const note of inputNotes(open)) onNote(note);
  await checkFit(open, directory, { rescore, note: onNote });
  const seen = await checkAllInputs(open, trustImages);
  for (const device of setup.devices.slice(0, 1)) await requireDevice(device, setup.precision);
  const rates: Record<string, PassSeconds> = {};
  const logitBytes = logitBytesOf(open);
  const models: ModelMemory[] = [];
  await withTemporaryFolder(async (folder) => {
    const together = stepsTogetherOn(kindOf(setup.devices), experiment.stepsTogether);
    const compiled = new CompiledModels(folder, cache, setup.lowerings, graphUse(experiment, together));
    const tasks: ModelTask[] = [];
    for (const model of open.models) {
      const { task, memory, description } = await compiled.of(model, experiment.batchSize);
      for (const text of description.notes) onNote(`${model.file}: ${text}`);
      logitBytes.add(model, description.classes);
      const layers = task.layers?.length ?? 0;
      const { batchSize } = experiment;
      const kept = keptByWave(experiment, model);
      models.push([...memory, ...keptRowsMemory(experiment, batchSize, { ...description, layers, kept })]);
      tasks.push(task);
    }
    const { devices, precision } = setup;
    for await (const { name, seconds } of ratesApart(devices, precision, tasks, experiment.batchSize))
      rates[name] = seconds;
  });
  const done = await holdingStill(open, directory, await doneIn(open, directory), seen, onNote);
  for (const text of relabelledTexts(done.carried)) onNote(text);
  const waves = (await forecastPasses(open, done)).map((wave) => ({
    ...wave,
    hours: hoursOf(wave, rates[wave.model]),
  }));
  const hours = waves.reduce((sum, wave) => sum + wave.hours, 0);
  return {
    waves,
    rates,
    hours,
    machinesForOneNight: Math.max(1, Math.ceil(hours / nightHours)),
    memory: requireMemory(models, experiment.batchSize, setup.workers, allowed, setup.memoryUse),
    logitBytes: logitBytes.sums.asked,
    logitBytesIf: { all: logitBytes.sums.all, summaries: logitBytes.sums.summaries },
    corruptedSets: open.sets.filter(({ corrupt }) => corrupt !== undefined).length,
    corruptionSeconds: await corruptionSecondsOf(open),
    finishedShards: new Set(done.shards.map(({ id }) => id)).size,
  };
}

/** What of that which is done is of the images as they are now. @param seen null where they are trusted */
export async function holdingStill(
  open: OpenExperiment,
  directory: RunDirectory,
  done: DoneBefore,
  seen: SeenImages | null,
  onNote: (text: string) => void,
): Promise<DoneBefore> {
  if (seen === null) return done;
  const stale = await shardsOfChangedImages(open, directory, done, seen, onNote);
  const scoredWhole = done.shards.filter((shard) => stale.has(shard) && !done.moved.has(shard.id));
  return {
    ...done,
    shards: done.shards.filter((shard) => !stale.has(shard)),
    planned: [...done.planned, ...scoredWhole],
  };
}

/** Adds up what the logits of models take, by what is kept of them. */
function logitBytesOf({ experiment, sets }: OpenExperiment) {
  const images = (split: SplitName): number => sets.reduce((sum, set) => sum + set.split[split].length, 0);
  const [validation, test] = [images('validation'), images('test')];
  const sums = { asked: 0, all: 0, summaries: 0 };
  return {
    sums,
    add: (model: OpenModel, classes: number): void => {
      const bytesWith = (logits: Experiment['logits']): number => {
        const [ofValidation, ofTest] = keptByWave({ ...experiment, logits }, model);
        return validation * keptLogitBytes(ofValidation, classes) + test * keptLogitBytes(ofTest, classes);
      };
      sums.asked += bytesWith(experiment.logits);
      sums.all += bytesWith(true);
      sums.summaries += bytesWith('summaries');
    },
  };
}

async function corruptionSecondsOf({ sets }: OpenExperiment): Promise<number> {
  const known = new Map<string, number>();
  let total = 0;
  for (const { corrupt, split } of sets) {
    if (corrupt === undefined) continue;
    // Other draws take as long.
    const key = JSON.stringify({ ...corrupt, seed: 0 });
    const seconds = known.get(key) ?? (await secondsToCorrupt(corrupt));
    known.set(key, seconds);
    total += seconds * (split.validation.length + split.test.length);
  }
  return total;
}

function hoursOf({ passes }: WaveForecast, rate: PassSeconds | undefined): number {
  if (rate === undefined) return 0;
  const seconds =
    passes.perturbation * rate.perturbation +
    passes.scoring * rate.scoring +
    passes.forward * rate.forward +
    passes.forwardPerturbation * rate.forwardPerturbation;
  return seconds / 3600;
}
