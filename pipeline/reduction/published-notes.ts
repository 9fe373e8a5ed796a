import { isCompared, type Table } from '../tables/table.js';

/** Says of published figures, where a table has any, what they and the differences to them are. */
export function withPublishedNotes(table: Table): Table {
  if (!isCompared(table)) return table;
  const note = `Published: the paper's. Difference: ours less the published one, in σ = √(σ² + σ²) of both, as if they were independent.`;
  const binomial =
    table.figures === 'percentages'
      ? [`The paper gives no σ of accuracies: for it both σ are the binomial ones of as many images.`]
      : [];
  return { ...table, notes: [note, ...binomial, ...table.notes] };
}
