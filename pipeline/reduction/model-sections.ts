import { shownName, type TableSection } from '../tables/table.js';
import { modelNamesOf } from './results.js';

/**
 * A section for each model, or ensemble, that has rows.
 * @param linesOf the lines of one, of its rows alone
 */
export function modelSections<Row extends { readonly model: string }>(
  rows: readonly Row[],
  linesOf: (ofModel: readonly Row[], model: string) => TableSection['rows'],
): readonly TableSection[] {
  return modelNamesOf(rows).map((model) => ({
    title: `Model ${shownName(model)}:`,
    rows: linesOf(
      rows.filter((row) => row.model === model),
      model,
    ),
  }));
}
