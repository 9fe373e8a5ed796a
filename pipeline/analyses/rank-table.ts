import { modelNamesOf } from '../reduction/results.js';
import { quantity } from '../tables/figure-text.js';
import { shownName, type Table, type TableSection } from '../tables/table.js';
import type { RankRow } from './rank-rows.js';
import type { Spectrum } from './spectrum.js';

/** Average ranks, the best first, with what tells them apart below; of too few sets a line that says so. */
export function rankTable(rows: readonly RankRow[], { suffix, title }: Spectrum): readonly Table[] {
  if (rows.length === 0) return [];
  const models = modelNamesOf(rows);
  const ranked = models.filter((model) =>
    rows.some((row) => row.model === model && row.averageRank !== null),
  );
  return [
    {
      name: `ranks${suffix}`,
      caption: [
        `${title}Average ranks of detectors by ROC-AUC over independent outlier sets, 1 for the best of each; all corrupted sets together`,
        'are one, by their mean.',
      ],
      figures: 'quantities',
      rowTitles: ['Detector'],
      columns: [{ heading: 'Average rank', keys: ['averageRank'] }],
      sections: ranked.map((model): TableSection => {
        return {
          title: `Model ${shownName(model)}, ${rows.find((row) => row.model === model)?.blocks} sets:`,
          rows: ordered(rows, model).map((row) => ({
            headings: [row.detector],
            keys: [model, row.detector],
            cells: [{ value: row.averageRank, spread: null, details: [row.cliques] }],
            best: null,
            details: [row.blocks, row.p, row.fP, row.criticalDifference],
          })),
        };
      }),
      notes: models.map((model) => noteOn(model, ordered(rows, model))),
      data: {
        line: 'row',
        row: ['model', 'detector'],
        column: ['figure'],
        value: 'value',
        cellDetails: ['cliques'],
        rowDetails: ['blocks', 'p', 'fP', 'criticalDifference'],
        table: [],
      },
      details: [],
    },
  ];
}

function ordered(rows: readonly RankRow[], model: string): readonly RankRow[] {
  return rows
    .filter((row) => row.model === model)
    .sort((a, b) => (a.averageRank ?? 0) - (b.averageRank ?? 0));
}

function noteOn(model: string, rows: readonly RankRow[]): string {
  const [first] = rows;
  const of = shownName(model);
  if (first === undefined || first.averageRank === null)
    return `${of}: no ranks, as of ${first?.blocks ?? 0} independent outlier sets they would say too little; at least 5 are needed.`;
  const shown = (value: number | null) => quantity({ value, spread: null, details: [] });
  const friedman =
    first.p === null
      ? 'Friedman: all detectors are equal on every set'
      : `Friedman χ² = ${shown(first.statistic)}, p = ${shown(first.p)} (Iman and Davenport p = ${shown(first.fP)})`;
  const numbers = [...new Set(rows.flatMap(({ cliques }) => (cliques ? cliques.split(' ') : [])))];
  const cliques = numbers
    .map((number) => rows.filter((row) => row.cliques?.split(' ').includes(number)))
    .map((clique) => clique.map(({ detector }) => detector).join(', '));
  const told = cliques.length === 0 ? 'all are told apart' : `not told apart: ${cliques.join('; ')}`;
  return `${of}: ${friedman}; critical difference (Nemenyi, 5 %) ${shown(first.criticalDifference)}, ${told}.`;
}
