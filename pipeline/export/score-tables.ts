import { cellKey } from '../../stages/cells.js';
import type { Detector } from '../../stages/detectors/detector.js';
import { detectorValues } from '../../stages/detectors/detector-values.js';
import type { Grid } from '../../stages/detectors/search.js';
import { logG, logS } from '../../stages/scores.js';
import type { SplitName } from '../../workers/store/planned-shard.js';
import type { OpenSet } from '../opening/opened.js';
import type { FittedTemperatures } from '../selection/fitted.js';
import type { SelectionRow } from '../selection/selection-rows.js';
import type { ExportCell } from './export-table.js';
import type { CellColumns, ImageBlock } from './image-blocks.js';
import { type ColumnsByName, column, RowBatch } from './row-batch.js';

/** Some images of one split of one set as one model sees them. */
interface ScoredBlock {
  readonly model: string;
  readonly set: OpenSet;
  readonly split: SplitName;
  readonly block: ImageBlock;
}

/** One of the forms that a table of scores may have. */
export interface ScoreForm {
  readonly columns: ColumnsByName;
  /** About how many rows an image has. */
  readonly rowsPerImage: (set: OpenSet, cells: number) => number;
  readonly batch: (scored: ScoredBlock) => RowBatch;
}

/** What a table of scores is made of. */
export interface FormInput {
  readonly models: readonly string[];
  readonly sets: readonly OpenSet[];
  readonly splits: readonly SplitName[];
  readonly detectors: readonly Detector[];
  readonly grid: Grid;
  /** Temperatures of detectors that have one fitted, as far as they are known. */
  readonly fitted: FittedTemperatures;
  readonly hasLogits: boolean;
}

/** Columns of both forms that say which image a row is about. */
function imageColumns({ models, sets, splits }: FormInput) {
  const [modelColumn, setColumn] = [
    column('model', 'word', models),
    column(
      'set',
      'word',
      sets.map(({ name }) => name),
    ),
  ];
  return {
    model: modelColumn,
    image: [
      setColumn,
      column('role', 'word', [...new Set(sets.map(({ role }) => role))]),
      column('split', 'word', splits),
      column('id', 'text'),
      column('path', 'text'),
      column('label', 'whole'),
      column('base', 'text'),
    ],
    predicted: [
      column('predicted', 'whole'),
      ...(sets.some(({ ownClasses }) => ownClasses) ? [column('predicted_among_own', 'whole')] : []),
    ],
  };
}

function lastColumns({ detectors, hasLogits }: FormInput) {
  return [
    ...detectors.map(({ name }) => column(name, 'number')),
    ...(hasLogits ? [column('logits', 'singles')] : []),
    column('error', 'text'),
  ];
}

/** A row an image and cell, by model, set, split, image in the order of the manifest, ε, T. */
export function longForm(input: FormInput): ScoreForm {
  const { model, image, predicted } = imageColumns(input);
  const scores = ['epsilon', 'temperature', 'max_logit', 'log_odds', 'log_s', 'log_sg', 'log_g'];
  const columns = new Map([
    model,
    ...image,
    ...predicted,
    ...scores.map((name) => column(name, 'number')),
    ...lastColumns(input),
  ]);
  const fitted = input.detectors.filter(isFitted);
  const searched = input.detectors.filter((detector) => !isFitted(detector));
  const cellsOf = new Map(
    searched.map((detector) => [
      detector,
      new Set(detector.ablations.flatMap((one) => detector.cells(one, input.grid)).map(cellKey)),
    ]),
  );
  return {
    columns,
    rowsPerImage: (_, cells) => cells,
    batch: (scored) => {
      const { block } = scored;
      const batch = new RowBatch(columns);
      const values = block.cells.map((one) =>
        searched
          .filter((detector) => cellsOf.get(detector)?.has(cellKey(one.cell)))
          .map((detector) => [detector.name, valuesAt(detector, one, block)] as const),
      );
      const ofFitted = fitted.map(
        (detector) => [detector.name, fittedValues(input, detector, scored)] as const,
      );
      // Of an image, not of one of its cells.
      const ofFirstRow = (place: number): Readonly<Record<string, ExportCell | undefined>> => ({
        ...Object.fromEntries(ofFitted.map(([name, values]) => [name, values?.[place]])),
        logits: logitsOf(input, block, place),
      });
      for (const place of block.rows.keys()) {
        const about = imageCells(scored, place);
        const error = block.errors[place] ?? null;
        if (error !== null) {
          batch.add({ ...about, error });
          continue;
        }
        let firstCells = ofFirstRow(place);
        for (const [nth, one] of block.cells.entries()) {
          if (one.isThere[place] !== 1) continue;
          const ofDetectors = values[nth]?.map(([name, of]) => [name, of[place]] as const) ?? [];
          batch.add({
            ...about,
            ...cellScores(one, place),
            ...Object.fromEntries(ofDetectors),
            ...firstCells,
          });
          firstCells = {};
        }
      }
      return batch;
    },
  };
}

/**
 * A row an image and outlier set that it is compared for, with a column a detector at the cell that was chosen for that set: of
 * images of an outlier set one row, of all others a row for every outlier set.
 */
export function wideForm(input: FormInput, selection: readonly SelectionRow[]): ScoreForm {
  const { model, image, predicted } = imageColumns(input);
  const outliers = [...new Set(selection.map(({ outlier }) => outlier))];
  const columns = new Map([
    model,
    column('outlier', 'word', outliers),
    ...image,
    ...predicted,
    ...lastColumns(input),
  ]);
  const comparedFor = ({ name, role }: OpenSet): readonly string[] =>
    role === 'outlier' ? outliers.filter((outlier) => outlier === name) : outliers;
  const chosen = new Map(
    input.detectors.flatMap((detector) =>
      selection
        .filter((row) => row.detector === detector.name && row.ablation === detector.ablations.at(-1))
        .map((row) => [`${row.model}\0${row.outlier}\0${row.detector}`, cellKey(row)] as const),
    ),
  );
  return {
    columns,
    rowsPerImage: (set) => comparedFor(set).length,
    batch: (scored) => {
      const { block, set } = scored;
      const batch = new RowBatch(columns);
      const byCell = new Map(block.cells.map((one) => [cellKey(one.cell), one]));
      const clean = block.cells.filter(({ cell }) => cell.epsilon === 0);
      const compared = comparedFor(set).map((outlier) => ({
        outlier,
        values: input.detectors.flatMap((detector) => {
          if (isFitted(detector)) {
            const values = fittedValues(input, detector, scored);
            return values === null ? [] : [[detector.name, values] as const];
          }
          const cell = byCell.get(chosen.get(`${scored.model}\0${outlier}\0${detector.name}`) ?? '');
          return cell === undefined ? [] : [[detector.name, valuesAt(detector, cell, block)] as const];
        }),
      }));
      for (const place of block.rows.keys()) {
        const about = imageCells(scored, place);
        const error = block.errors[place] ?? null;
        const seen = clean.find(({ isThere }) => isThere[place] === 1);
        const predictions = seen === undefined || error !== null ? {} : predictionsAt(seen, place);
        let logits = error === null ? logitsOf(input, block, place) : null;
        for (const { outlier, values } of compared) {
          const ofDetectors = error === null ? values.map(([name, of]) => [name, of[place]] as const) : [];
          batch.add({
            ...about,
            outlier,
            ...predictions,
            ...Object.fromEntries(ofDetectors),
            ...(logits === null ? {} : { logits }),
            error,
          });
          logits = null;
        }
      }
      return batch;
    },
  };
}

const isFitted = ({ fitTemperature }: Detector): boolean => fitTemperature !== undefined;

/** Values of a detector at its fitted temperature, [images], NaN where there are none; null where that is not known yet. */
function fittedValues(
  { fitted }: FormInput,
  { name }: Detector,
  { model, block }: ScoredBlock,
): Float64Array | null {
  const temperature = fitted.get(model)?.get(name);
  if (temperature === undefined) return null;
  return new Map(block.ofLogits.at({ epsilon: 0, temperature })).get(name) ?? null;
}

/** A detector's values at one cell, [images]; NaN where there are none. */
function valuesAt(detector: Detector, columns: CellColumns, block: ImageBlock): Float64Array {
  const ofLogits = new Map(block.ofLogits.at(columns.cell));
  const values = detectorValues(detector, { ...columns, ofLogits }, columns.cell);
  return values.map((value, place) => (columns.isThere[place] === 1 ? value : Number.NaN));
}

function imageCells({ model, set, split, block }: ScoredBlock, place: number) {
  const row = block.rows[place] ?? -1;
  const { rows } = set.rows;
  return {
    ...{ model, set: set.name, role: set.role, split },
    id: rows.idAt(row),
    path: rows.placeAt(row),
    base: rows.baseAt(row),
    label: rows.labelAt(row),
  };
}

function predictionsAt({ predicted, predictedAmongOwn }: CellColumns, place: number) {
  const own = predictedAmongOwn[place] ?? -1;
  return { predicted: predicted[place] ?? null, predicted_among_own: own < 0 ? null : own };
}

function cellScores(columns: CellColumns, place: number): Readonly<Record<string, ExportCell | undefined>> {
  const logOdds = columns.logOdds[place] ?? Number.NaN;
  const logSG = columns.logSG[place] ?? Number.NaN;
  return {
    ...columns.cell,
    ...predictionsAt(columns, place),
    max_logit: columns.maxLogit[place],
    log_odds: logOdds,
    log_s: logS(logOdds),
    log_sg: logSG,
    log_g: logG(logSG, logOdds),
  };
}

/** Of the first row of an image; null where they were not kept, or are not asked for. */
function logitsOf({ hasLogits }: FormInput, block: ImageBlock, place: number): Float32Array | null {
  return hasLogits ? (block.logits[place] ?? null) : null;
}
