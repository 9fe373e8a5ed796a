import { plainCell } from '../../pipeline/tables/markdown.js';
import { markdownGrid } from '../../pipeline/tables/markdown-grid.js';
import type { Cell } from '../../stages/cells.js';
import { metricNames } from '../../stages/metrics/kinds/index.js';
import { type Choice, isSameChoice } from './choices.js';
import type { Origins, RunComparison } from './compare.js';
import type { DifferenceSummary, ScoreDifference } from './score-differences.js';
import { differenceOf, readsOtherwise, type TestRow } from './test-rows.js';

/** A comparison as Markdown: what holds first, then the figures. */
export function comparisonReport(comparison: RunComparison): string {
  const { reference, other, failures } = comparison;
  return [
    `# Two runs compared: ${failures.length === 0 ? 'equal within the tolerances' : `${failures.length} differences beyond the tolerances`}\n`,
    [...originLines('Reference', reference), ...originLines('Other', other)].join('\n'),
    `\n${[...summary(comparison), ...failures.map((text) => `**Beyond the tolerances**: ${text}`)].map((text) => `- ${text}`).join('\n')}\n`,
    '## Scores, |difference| over all images and cells that both have (median / largest)\n',
    scoreTable(comparison.scores),
    '## ROC-AUC on validation, at the cell of the grid where it differs most\n',
    markdownGrid(
      [left('network'), left('outlier set'), left('detector'), right('cells'), right('largest'), left('at')],
      comparison.validation.map(({ model, outlier, detector, cells, largest, at }) => [
        plainCell(model),
        plainCell(outlier),
        detector,
        String(cells),
        small(largest),
        cellText(at),
      ]),
    ),
    '## Chosen cells\n',
    choiceTable(comparison.choices),
    "## ROC-AUC on test images at the reference's cells\n",
    testTable(comparison.rows),
  ].join('\n');
}

/** What was found, one line each. */
export function summary({
  scores,
  choices,
  rows,
  validation,
  tolerances,
  ...found
}: RunComparison): readonly string[] {
  const others = choices.filter((choice) => !isSameChoice(choice));
  const loss = Math.max(0, ...others.map(lossOf));
  const auroc = rows.filter(({ metric }) => metric === 'auroc');
  const there = auroc.filter((row) => row.other !== null);
  const missing = auroc.length - there.length;
  const classes = scores.reduce((sum, { otherClasses }) => sum + otherClasses, 0);
  const compared = scores.reduce((sum, { images, cells }) => sum + images * cells, 0);
  const otherMetrics = metricNames
    .slice(1)
    .map((metric) => `${metric} ${small(largestOf(rows.filter((row) => row.metric === metric)))}`);
  return [
    `scores: ${compared} rows compared, ${classes} with another predicted class`,
    `validation: ROC-AUC differs by at most ${small(Math.max(0, ...validation.map(({ largest }) => largest)))} at any cell`,
    `choices: ${others.length} of ${choices.length} are other cells; the reference's own ROC-AUC on validation loses at most ` +
      `${small(loss)} there (must be below ${tolerances.choice})`,
    `tables: ROC-AUC at the reference's cells differs by at most ${small(largestOf(there))} (allowed: ${tolerances.auroc}), ` +
      `${inDeviations(Math.max(0, ...there.map(relative)))}, in ${there.length} rows; ` +
      `${there.filter(readsOtherwise).length} of them read otherwise at three decimals`,
    ...(missing === 0
      ? []
      : [
          `tables: in ${missing} of ${auroc.length} rows the other run has no test scores at the reference's cell, since it chose ` +
            "another; a copy of the reference made with --prepare gets them, with the reference's choices",
        ]),
    `other metrics at the reference's cells differ by at most: ${otherMetrics.join(', ')}`,
    `tables of the same text: ${list(found.sameTables)}; of another: ${list(found.otherTables)}`,
  ];
}

function originLines(name: string, { path, validation, test }: Origins): readonly string[] {
  return [
    `${name}: \`${path}\`\n`,
    `- validation scored by ${validation.join('; ')}`,
    `- test scored by ${test.join('; ')}\n`,
  ];
}

function scoreTable(scores: readonly ScoreDifference[]): string {
  return markdownGrid(
    [
      left('network'),
      left('set'),
      left('split'),
      right('images'),
      right('cells'),
      ...['log-odds', 'max logit', 'log SG', 'log G', 'other classes', 'their largest log-odds'].map(right),
    ],
    scores.map((row) => [
      plainCell(row.model),
      plainCell(row.set),
      row.wave === 1 ? 'validation (wave 1)' : 'test (wave 2)',
      String(row.images),
      String(row.cells),
      ...[row.logOdds, row.maxLogit, row.logSG, row.logG].map(spreadText),
      String(row.otherClasses),
      row.surestOther === null ? '–' : row.surestOther.toFixed(3),
    ]),
  );
}

function choiceTable(choices: readonly Choice[]): string {
  return markdownGrid(
    [
      ...['network', 'outlier set', 'detector', 'ablation', 'reference', 'other'].map(left),
      ...["reference's ROC-AUC", 'at the other cell', 'lower by'].map(right),
    ],
    choices.map((choice) => [
      plainCell(choice.model),
      plainCell(choice.outlier),
      choice.detector,
      choice.ablation,
      cellText(choice.reference),
      ...(isSameChoice(choice)
        ? ['same', choice.referenceAuroc.toFixed(5), '–', '–']
        : [
            cellText(choice.other),
            choice.referenceAuroc.toFixed(5),
            choice.aurocAtOther.toFixed(5),
            small(lossOf(choice)),
          ]),
    ]),
  );
}

function testTable(rows: readonly TestRow[]): string {
  return markdownGrid(
    [
      ...['network', 'outlier set', 'detector', 'ablation', 'cell'].map(left),
      ...['reference', 'σ', 'other', 'difference', 'in σ'].map(right),
    ],
    rows
      .filter(({ metric }) => metric === 'auroc')
      .map((row) => [
        plainCell(row.model),
        plainCell(row.outlier),
        row.detector,
        row.ablation,
        cellText(row),
        row.reference.toFixed(5),
        row.deviation.toFixed(5),
        ...(row.other === null
          ? ['not scored', '–', '–']
          : [row.other.toFixed(5), small(differenceOf(row) ?? 0), relative(row).toPrecision(2)]),
      ]),
  );
}

const left = (title: string) => ({ title, align: 'left' as const });
const right = (title: string) => ({ title, align: 'right' as const });

function lossOf({ referenceAuroc, aurocAtOther }: Choice): number {
  return referenceAuroc - aurocAtOther;
}

function largestOf(rows: readonly TestRow[]): number {
  return Math.max(0, ...rows.map((row) => differenceOf(row) ?? 0));
}

/** A difference in units of σ; equal rows differ by 0 even where σ is 0. */
function relative(row: TestRow): number {
  const difference = differenceOf(row) ?? 0;
  return difference === 0 ? 0 : difference / row.deviation;
}

function inDeviations(value: number): string {
  return `${value.toPrecision(2)} σ at most`;
}

function spreadText({ median, largest }: DifferenceSummary): string {
  return median === null || largest === null ? '–' : `${small(median)} / ${small(largest)}`;
}

function small(value: number): string {
  return value === 0 ? '0' : value.toExponential(1);
}

function cellText({ epsilon, temperature }: Cell): string {
  return `ε=${Number(epsilon.toPrecision(6))}, T=${temperature}`;
}

function list(names: readonly string[]): string {
  return names.length === 0 ? 'none' : names.join(', ');
}
