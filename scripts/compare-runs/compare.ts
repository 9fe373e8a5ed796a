import { detectorsOf } from '../../pipeline/experiment/model-detectors.js';
import { surveyShards } from '../../pipeline/store/survey.js';
import { renderMarkdown } from '../../pipeline/tables/markdown.js';
import { type Choice, compareValidation, isSameChoice, type ValidationDifference } from './choices.js';
import { type FinishedRun, openFinished, shardsOfWave } from './finished-run.js';
import { requireComparable } from './require-comparable.js';
import { type ScoreDifference, scoreDifference } from './score-differences.js';
import { loadPair } from './split-pair.js';
import { compareTest, differenceOf, type TestRow } from './test-rows.js';

/** What counts as equal. */
export interface Tolerances {
  /** What a table's ROC-AUC may differ by at the reference's cells. */
  readonly auroc: number;
  /** What the reference's own ROC-AUC on validation must not be lower by at another cell. */
  readonly choice: number;
}

/** A choice among the best cells is as good as another: validation splits do not resolve thousandths. */
export const usualTolerances: Tolerances = { auroc: 1e-3, choice: 1e-3 };

/** Who made the scores of a run, by wave: more than one where they are mixed. */
export interface Origins {
  readonly path: string;
  readonly validation: readonly string[];
  readonly test: readonly string[];
}

/** Everything that a comparison of two runs found. */
export interface RunComparison {
  readonly reference: Origins;
  readonly other: Origins;
  readonly tolerances: Tolerances;
  readonly scores: readonly ScoreDifference[];
  readonly validation: readonly ValidationDifference[];
  readonly choices: readonly Choice[];
  readonly rows: readonly TestRow[];
  /** Tables whose text is the same in both runs, and those where it is not. */
  readonly sameTables: readonly string[];
  readonly otherTables: readonly string[];
  /** In words, what is not within the tolerances. */
  readonly failures: readonly string[];
}

/**
 * Compares two finished runs of the same experiment: their scores, choices and tables.
 * @param experimentFile names the manifests where they no longer lie where the runs had them
 * @throws InputError when one is not finished, or they are not of the same experiment
 * @throws RunFailedError when shards are missing
 */
export async function compareRuns(
  referencePath: string,
  otherPath: string,
  tolerances: Tolerances = usualTolerances,
  experimentFile?: string,
): Promise<RunComparison> {
  const reference = await openFinished(referencePath, experimentFile);
  const other = await openFinished(otherPath, experimentFile);
  requireComparable(reference, other);
  const { experiment } = reference.run;
  const selected = { grid: experiment.grid, reference: reference.selection, other: other.selection };
  const scores: ScoreDifference[] = [];
  const validation: ValidationDifference[] = [];
  const choices: Choice[] = [];
  const rows: TestRow[] = [];
  const [inDomainSet, ...outliers] = reference.run.sets;
  for (const one of experiment.models) {
    const model = one.name;
    const detectors = detectorsOf(experiment, one).map(({ name }) => name);
    const chosen = { ...selected, detectors };
    for (const wave of [1, 2] as const) {
      if (inDomainSet === undefined) continue;
      const load = async (set: string) => {
        const pair = await loadPair(reference, other, { model, set, wave });
        scores.push(scoreDifference(pair));
        return pair;
      };
      // Beside the in-domain split only one outlier set is in memory, at every cell of the grid.
      const inDomain = await load(inDomainSet.name);
      for (const { name } of outliers) {
        const outlier = await load(name);
        if (wave === 2) {
          rows.push(...compareTest(inDomain, outlier, reference.metrics));
          continue;
        }
        const found = compareValidation(inDomain, outlier, chosen);
        validation.push(...found.differences);
        choices.push(...found.choices);
      }
    }
  }
  const shown = ({ tables }: typeof reference) =>
    new Map(tables.map((table) => [table.name, renderMarkdown(table)]));
  const [shownThere, shownHere] = [shown(reference), shown(other)];
  const isSame = (name: string): boolean => shownThere.get(name) === shownHere.get(name);
  const names = reference.tables.map(({ name }) => name);
  return {
    reference: await originsOf(reference),
    other: await originsOf(other),
    tolerances,
    scores,
    validation,
    choices,
    rows,
    sameTables: names.filter(isSame),
    otherTables: names.filter((name) => !isSame(name)),
    failures: failuresOf(choices, rows, tolerances),
  };
}

/** What is not within the tolerances, in words; rows that the other run lacks are no difference. */
export function failuresOf(
  choices: readonly Choice[],
  rows: readonly TestRow[],
  tolerances: Tolerances,
): readonly string[] {
  const worse = choices.filter(
    (choice) => !isSameChoice(choice) && !(choice.referenceAuroc - choice.aurocAtOther < tolerances.choice),
  );
  // NaN is no small difference either.
  const apart = rows
    .filter(({ metric }) => metric === 'auroc')
    .filter((row) => row.other !== null && !((differenceOf(row) ?? 0) <= tolerances.auroc));
  return [
    ...worse.map(
      ({ model, outlier, detector, ablation, referenceAuroc, aurocAtOther }) =>
        `${detector} (${ablation}) of ${model} on ${outlier}: the other run chose a cell at which the reference's ROC-AUC on ` +
        `validation is ${(referenceAuroc - aurocAtOther).toExponential(1)} lower`,
    ),
    ...apart.map(
      (row) =>
        `${row.detector} (${row.ablation}) of ${row.model} on ${row.outlier}: ROC-AUC on test images differs by ` +
        `${(differenceOf(row) ?? Number.NaN).toExponential(1)} at the reference's cell`,
    ),
  ];
}

async function originsOf(run: FinishedRun): Promise<Origins> {
  const of = async (wave: 1 | 2) => [...(await surveyShards(run.run, shardsOfWave(run, wave))).origins];
  return { path: run.run.directory.path, validation: await of(1), test: await of(2) };
}
