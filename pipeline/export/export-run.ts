import { extname } from 'node:path';
import { didYouMean } from '../../manifests/input/suggestion.js';
import { writeOutput } from '../../manifests/output/output-file.js';
import { detectorNamed } from '../../stages/detectors/index.js';
import { logitReadings } from '../../stages/detectors/logit-readings.js';
import { InputError, RunFailedError } from '../../stages/errors.js';
import { call, setting } from '../../stages/setting.js';
import { type PlannedShard, type SplitName, splitNames } from '../../workers/store/planned-shard.js';
import type { RunDirectory } from '../../workers/store/run-directory.js';
import { openRecorded } from '../opening/open-run.js';
import type { OpenRun } from '../opening/opened.js';
import { allPlanned } from '../opening/valid-steps.js';
import { requireNoFileOfRuns } from '../results/kept-files.js';
import { readSelection } from '../results/stored-results.js';
import { fittedIn, withFitted } from '../selection/fitted.js';
import { neededShards, planWave, type WavePasses, waveRows } from '../waves/plan-wave.js';
import { chosenWave, searchWave } from '../waves/select-cells.js';
import type { ExportTable } from './export-table.js';
import { exportFormats } from './formats/index.js';
import { type ExportFormatName, exportFormatNames } from './formats/names.js';
import { imageBlocks } from './image-blocks.js';
import { type FormInput, longForm, type ScoreForm, wideForm } from './score-tables.js';

/** What is exported of a run, and how. */
export interface ExportSettings {
  /** Default: what the file's name ends in. */
  readonly format?: ExportFormatName | undefined;
  /** A row an image and outlier set, with a column a detector at its chosen cell. Default: a row an image and cell. */
  readonly wide?: boolean | undefined;
  /** Names of models. Default: all, but no ensembles. */
  readonly models?: readonly string[] | undefined;
  /** Names of sets. Default: all. */
  readonly sets?: readonly string[] | undefined;
  /** Default: both. */
  readonly split?: SplitName | undefined;
  /** Names of detectors of the experiment. Default: all. */
  readonly detectors?: readonly string[] | undefined;
  /** Whether the logits at ε = 0 are exported too, in the first row of each image. Default: false. */
  readonly logits?: boolean | undefined;
}

/** What of one wave is not there yet. */
export interface UnfinishedWave {
  readonly split: SplitName;
  /** Shards that are planned and needed, and of these those that are missing. */
  readonly shards: number;
  readonly missing: number;
  /** Whether all that is needed is planned. */
  readonly isPlanned: boolean;
}

/** What was exported. */
export interface ExportOutcome {
  readonly out: string;
  readonly format: ExportFormatName;
  readonly rows: number;
  /** Images that could not be used, once for each model that met them: each has a row with the reason. */
  readonly failedImages: number;
  /** Empty of a run that is finished, as far as it was exported. */
  readonly unfinished: readonly UnfinishedWave[];
}

/** So many rows, or scores, are in memory together. */
const together = 1 << 16;

/**
 * Writes the scores of a run's latest experiment as one table, as far as they are there: whole or not at all.
 * @param file a file that is there is replaced once all is written
 * @throws InputError for names that the experiment does not have, formats that can't hold what is asked for, and a file that the
 * run is made of or reads
 * @throws RunFailedError where there are no scores yet, or no chosen cells for a wide table
 */
export async function exportRun(
  directory: RunDirectory,
  file: string,
  settings: ExportSettings,
): Promise<ExportOutcome> {
  const format = settings.format ?? formatOf(file);
  if (settings.logits && !exportFormats[format].hasLists)
    throw new InputError(
      `${file}: ${format.toUpperCase()} can't hold lists, as logits are; choose parquet or arrow, or drop ${setting('logits')}`,
    );
  await requireNoFileOfRuns(file, [directory]);
  const run = chosenPart(await openRecorded(directory), settings);
  const { logits: kept } = run.experiment;
  if (settings.logits && (kept === false || kept === 'summaries'))
    throw new InputError(
      `${directory.path}: ${kept ? 'does not keep all logits' : 'keeps no logits'}, since "logits" is ${JSON.stringify(kept)} in its ` +
        `experiment; drop ${setting('logits')}`,
    );
  const selection = await readSelection(directory, run.revision.contentId);
  if (settings.wide && selection === null)
    throw new RunFailedError(
      `${directory.path}: no cells are chosen yet, which a wide table needs; finish the run first with ${call('run')}`,
    );
  const splits = settings.split === undefined ? splitNames : [settings.split];
  const input: FormInput = {
    models: run.models.map(({ name }) => name),
    sets: run.sets,
    splits,
    detectors: (settings.detectors ?? run.experiment.detectors).map(detectorNamed),
    grid: run.experiment.grid,
    fitted: fittedIn(selection ?? [], run.experiment.detectors),
    hasLogits: settings.logits ?? false,
  };
  const form = settings.wide ? wideForm(input, selection ?? []) : longForm(input);
  const waves = splits.map((split) => {
    if (split === 'validation') return { split, wave: searchWave(run) };
    return { split, wave: selection && chosenWave(run, selection) };
  });
  const scores = new RunScores(run, await allPlanned(run), form, input, waves);
  await writeOutput(
    file,
    () => exportFormats[format].write(scores),
    async () => {
      if (scores.rows === 0)
        throw new RunFailedError(
          `${directory.path}: nothing of what is asked for is scored yet; go on with ${call('run')}`,
        );
    },
  );
  const { rows, failedImages } = scores;
  return { out: file, format, rows, failedImages, unfinished: await scores.unfinished() };
}

function formatOf(file: string): ExportFormatName {
  const ending = extname(file).slice(1).toLowerCase();
  const found = exportFormatNames.find((name) => name === ending);
  if (found !== undefined) return found;
  throw new InputError(
    `${file}: its name does not end in .${exportFormatNames.join(', .')}; name the format with ${setting('format')}`,
  );
}

/** A run with only the models and sets that are asked for. @throws InputError for names that it does not have */
function chosenPart(run: OpenRun, { models, sets, detectors }: ExportSettings): OpenRun {
  const { experiment } = run;
  const ensembles = new Set((experiment.ensembles ?? []).map(({ name }) => name));
  const ensemble = models?.find((name) => ensembles.has(name));
  if (ensemble !== undefined)
    throw new InputError(
      `"${ensemble}" is an ensemble, which has no scores of its own; export its models, or read metrics.arrow`,
    );
  const among = <Of extends { readonly name: string }>(
    of: string,
    all: readonly Of[],
    names: readonly string[] | undefined,
  ): readonly Of[] => {
    const known = all.map(({ name }) => name);
    const unknown = names?.find((name) => !known.includes(name));
    if (unknown === undefined) return names ? all.filter(({ name }) => names.includes(name)) : all;
    const remedy = didYouMean(unknown, known) || `; it has ${known.join(', ')}`;
    throw new InputError(`${run.directory.path}: the experiment has no ${of} "${unknown}"${remedy}`);
  };
  among(
    'detector',
    experiment.detectors.map((name) => ({ name })),
    detectors,
  );
  return { ...run, models: among('model', run.models, models), sets: among('set', run.sets, sets) };
}

interface ExportedWave {
  readonly split: SplitName;
  /** Null where it is not known yet which cells it has. */
  readonly wave: WavePasses | null;
}

/** The scores of a run as a table. */
class RunScores implements ExportTable {
  readonly #run: OpenRun;
  readonly #planned: readonly PlannedShard[];
  readonly #form: ScoreForm;
  readonly #input: FormInput;
  readonly #waves: readonly ExportedWave[];
  readonly #missing = new Set<string>();
  rows = 0;
  failedImages = 0;

  constructor(
    run: OpenRun,
    planned: readonly PlannedShard[],
    form: ScoreForm,
    input: FormInput,
    waves: readonly ExportedWave[],
  ) {
    this.#run = run;
    this.#planned = planned;
    this.#form = form;
    this.#input = input;
    this.#waves = waves;
  }

  get columns() {
    return [...this.#form.columns.values()];
  }

  get about() {
    const { experiment } = this.#run;
    return { experiment: experiment.name, in_domain: experiment.inDomain.name };
  }

  async *batches() {
    this.rows = 0;
    this.failedImages = 0;
    const { detectors, grid, fitted } = this.#input;
    const needed = this.#waves.map(({ wave }) => this.#needed(wave));
    for (const model of this.#run.models) {
      const ofLogits = logitReadings(withFitted(detectors, fitted, model.name), grid);
      for (const set of this.#run.sets)
        for (const [nth, { split, wave }] of this.#waves.entries()) {
          if (wave === null) continue;
          const passes = wave.passesOf(model, set);
          const count = Object.values(passes).reduce((sum, cells) => sum + cells.length, 0);
          const blocks = imageBlocks(
            this.#run,
            (needed[nth] ?? []).filter((shard) => shard.model === model.name && shard.set === set.name),
            {
              rows: waveRows(wave.wave, set),
              ...{ passes, ofLogits },
              together: Math.ceil(together / Math.max(1, count, this.#form.rowsPerImage(set, count))),
              onMissing: ({ id }) => this.#missing.add(id),
            },
          );
          for await (const block of blocks) {
            const batch = this.#form.batch({ model: model.name, set, split, block });
            this.rows += batch.rows;
            this.failedImages += block.errors.reduce((sum, error) => sum + (error === null ? 0 : 1), 0);
            yield batch;
          }
        }
    }
  }

  /** What is missing of each wave, after the batches were read. */
  async unfinished(): Promise<readonly UnfinishedWave[]> {
    const all: UnfinishedWave[] = [];
    for (const { split, wave } of this.#waves) {
      const needed = this.#needed(wave);
      const missing = needed.filter(({ id }) => this.#missing.has(id)).length;
      const isPlanned =
        wave !== null && (await planWave(this.#run, wave, this.#planned, async () => 0)).length === 0;
      if (missing > 0 || !isPlanned) all.push({ split, shards: needed.length, missing, isPlanned });
    }
    return all;
  }

  #needed(wave: WavePasses | null): readonly PlannedShard[] {
    return wave === null ? [] : neededShards(this.#run, wave, this.#planned);
  }
}
