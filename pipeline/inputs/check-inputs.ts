import type { Manifest } from '../../manifests/manifest.js';
import type { ManifestRow } from '../../manifests/manifest-row.js';
import type { ManifestRows } from '../../manifests/manifest-rows.js';
import { InputError } from '../../stages/errors.js';
import { checkParameters } from '../../stages/scoring/compile-passes.js';
import { describeModel, type ModelDescription } from '../../stages/scoring/describe-model.js';
import {
  bothSides,
  changedPreprocess,
  channelsFault,
  type Preprocess,
  valuesFault,
} from '../../workers/images/preprocess.js';
import { parameterPatterns } from '../experiment/parameter-patterns.js';
import { selectionPools } from '../experiment/sets.js';
import { naming, readModel } from '../model/read-model.js';
import type { OpenExperiment } from '../opening/opened.js';
import { isFitted } from '../selection/fitted.js';
import type { ErrorRow } from './errors-table.js';
import { MissingImagesError } from './image-errors.js';
import { lookAtImages, type SeenImages } from './seen-images.js';

/** So many missing files are named. */
const NAMED = 10;

/**
 * Checks models, labels and images before a run or its forecast.
 * @param trustImages leaves the images unseen
 * @returns the images as they are now, or null where they are trusted
 * @throws InputError or ModelError naming the file, or the images that are missing
 */
export async function checkAllInputs(open: OpenExperiment, trustImages: boolean): Promise<SeenImages | null> {
  await checkInputs(open);
  if (trustImages) return null;
  const seen = await lookAtImages(open);
  checkPresence(open, seen);
  return seen;
}

/** Where a temperature is to be fitted, it takes labels to fit it on. @throws InputError naming the detector and the manifest */
function checkLabelsToFitOn({ experiment, sets }: OpenExperiment): void {
  const detector = experiment.detectors.find(isFitted);
  if (detector === undefined) return;
  const { inDomain } = selectionPools(experiment);
  const pool = sets.filter(({ name }) => inDomain.includes(name));
  if (pool.some(({ rows: { rows }, split }) => split.validation.some((row) => rows.labelAt(row) !== null)))
    return;
  throw new InputError(
    `${pool.map(({ rows: { file } }) => file).join(', ')}: no image that is drawn for validation has a label, on which detector ` +
      `"${detector}" fits its temperature; list labels, or drop the detector`,
  );
}

/**
 * Checks what can be known of an experiment's files before anything is scored: that each model can be differentiated,
 * that preprocessing gives it images of its size, and that labels are classes it has.
 * @throws InputError or ModelError naming the file
 */
async function checkInputs(open: OpenExperiment): Promise<void> {
  checkLabelsToFitOn(open);
  const { models, sets } = open;
  // One after the other, so that the weights of only one model are in memory.
  for (const model of models) {
    const { name, file, preprocess } = model;
    const content = await readModel(file, model);
    const description = naming(file, () => {
      checkParameters(content, parameterPatterns(model));
      return describeModel(content);
    });
    checkPreprocess(`model "${name}"`, file, preprocess, description);
    for (const set of sets) {
      if (set.preprocess !== undefined) {
        const changed = changedPreprocess(preprocess, set.preprocess);
        checkPreprocess(`set "${set.name}" with model "${name}"`, file, changed, description);
      }
      checkLabels(name, description.classes, set.rows);
    }
  }
}

function checkPreprocess(
  whose: string,
  file: string,
  preprocess: Preprocess,
  description: ModelDescription,
): void {
  const { channels, height, width } = description;
  const unread = channelsFault(description);
  if (unread !== null) throw new InputError(`${file}: ${unread}`);
  const { resize, crop } = preprocess;
  const refuse = (what: string): never => {
    throw new InputError(
      `"preprocess" of ${whose}: ${what}, but ${file} takes ${channels} × ${height} × ${width}; fix "preprocess"`,
    );
  };
  const fault = valuesFault(preprocess, description);
  if (fault !== null) throw new InputError(`"preprocess" of ${whose}: ${fault} (${file}); fix "preprocess"`);
  const fixed = crop ?? (typeof resize === 'object' ? resize : null);
  if (fixed !== null) {
    const [high, wide] = bothSides(fixed);
    const key = crop === null ? 'resize' : 'crop';
    if (high !== height || wide !== width)
      refuse(`"${key}" ${JSON.stringify(fixed)} gives images of ${high} × ${wide}`);
    return;
  }
  // Without a crop the other side depends on the image.
  if (typeof resize === 'number' && Math.min(height, width) !== resize)
    refuse(`"resize" ${resize} gives images whose shorter side is ${resize}`);
}

/**
 * Refuses labels that a model has no class for: they would count as mistakes and spoil accuracies unnoticed.
 * @param classes K of the model
 * @throws InputError naming the manifest, the image and the label
 */
export function checkLabels(model: string, classes: number, manifest: Manifest): void {
  const row = firstRow(manifest.rows, (at) => (manifest.rows.labelAt(at) ?? 0) >= classes);
  if (row === undefined) return;
  throw new InputError(
    `${manifest.file}: image ${row.id} has label ${row.label}, but ${model} has ${classes} classes (0 to ${classes - 1}); ` +
      'fix the labels, or leave them out',
  );
}

/** The first row of which something holds. */
function firstRow(rows: ManifestRows, holds: (row: number) => boolean): ManifestRow | undefined {
  for (let row = 0; row < rows.length; row += 1) if (holds(row)) return rows.at(row);
  return undefined;
}

/**
 * Checks that the images are there, but for a few.
 * @throws InputError when more are missing than may fail
 */
function checkPresence({ models, sets, experiment }: OpenExperiment, seen: SeenImages): void {
  let total = 0;
  const missing: ErrorRow[] = [];
  for (const { name, rows, split } of sets) {
    const view = seen.get(name);
    for (const row of [...split.validation, ...split.test]) {
      total += 1;
      if (view?.stateAt(row) === null) missing.push(missingRow(name, rows.rows.at(row)));
    }
  }
  if (models.length === 0 || missing.length <= experiment.maxBadFraction * total) return;
  const named = missing
    .slice(0, NAMED)
    .map(({ message }) => message.slice(0, -': no such image file'.length))
    .join(', ');
  const others = missing.length > NAMED ? ` and ${missing.length - NAMED} others` : '';
  throw new MissingImagesError(
    `${missing.length} of ${total} image files are not there, more than maxBadFraction ${experiment.maxBadFraction} allows: ` +
      `${named}${others}; fix the manifests, or restore the files`,
    missing,
  );
}

function missingRow(set: string, row: ManifestRow | undefined): ErrorRow {
  const message = `${row?.path ?? ''}: no such image file`;
  return { model: '', set, image: row?.id ?? '', stage: 'decoding', message };
}
