import { csv } from './csv.js';
import { accuracyFooter, originCells, originHeader } from './footer.js';
import { markdownTable, plainCell } from './markdown.js';
import { percent } from './number-text.js';
import type { RenderedTable, Results } from './results.js';

/** Table 3: each model's accuracy on the in-domain test split and on the outlier sets whose classes it knows. */
export function accuracyTable(results: Results): RenderedTable {
  const { accuracy } = results;
  const models = [...new Set(accuracy.map((row) => row.model))];
  const sets = [...new Map(accuracy.map((row) => [row.set, row.role])).entries()];
  const header = [
    'Model',
    ...sets.map(([set, role]) => (role === 'in-domain' ? `${plainCell(set)} (in-domain)` : plainCell(set))),
  ];
  const rows = models.map((model) => [
    plainCell(model),
    ...sets.map(([set]) =>
      percent(accuracy.find((row) => row.model === model && row.set === set)?.accuracy ?? null),
    ),
  ]);
  return {
    name: 'table-3',
    markdown: [
      'Table 3: Accuracy on labelled test images, per cent (— where a set has no labels).',
      markdownTable(header, rows),
      accuracyFooter(results),
    ].join('\n\n'),
    csv: csv(
      [
        'model',
        'set',
        'role',
        'accuracy',
        'labelled',
        'images',
        'failed',
        'validationFailed',
        ...originHeader,
      ],
      accuracy.map((row) => [
        row.model,
        row.set,
        row.role,
        row.accuracy,
        row.labelled,
        row.images,
        row.failed,
        row.validationFailed,
        ...originCells(results),
      ]),
    ),
  };
}
