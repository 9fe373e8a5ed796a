import {
  besideMarks,
  estimateAndDeviation,
  fractionText,
  inDeviations,
  interval,
  noFigure,
  percent,
  quantity,
} from '../tables/figure-text.js';
import { type Mark, marksOf } from '../tables/marks.js';
import type { Table, TableCell, TableColumn, TableSection } from '../tables/table.js';
import { type Html, html } from './html.js';

/** A table of results as elements of a page: sortable by its headings, intervals below their estimates. */
export function tableHtml(table: Table): Html {
  const [first, ...lines] = table.caption;
  // A table of nothing but words has no caption to stand in.
  const above = table.sections.length === 0 ? table.caption : lines;
  const shown = table.sections.map((section) => shownSection(table, section));
  const hasSecond = shown.some(({ marks }) => marks.some((row) => row.includes('second')));
  const notes = [...above, ...(hasSecond ? ['Underlined: the second best.'] : []), ...table.notes];
  return html`${shown.map((section, index) => sectionHtml(table, section, index === 0 ? (first ?? null) : null))}${
    notes.length > 0 && html`<div class="notes">${notes.map((note) => html`<p>${note}</p>`)}</div>`
  }`;
}

/** A section with its marks and the columns that are shown of it. */
interface ShownSection {
  readonly section: TableSection;
  readonly marks: ReturnType<typeof marksOf>;
  /** Places of columns. */
  readonly columns: readonly number[];
}

/** Columns that have figures in other sections alone, as those of detectors where ensembles are told of, are left out. */
function shownSection(table: Table, section: TableSection): ShownSection {
  const isEmpty = ({ rows }: TableSection, at: number) =>
    rows.every(({ cells }) => (cells[at]?.value ?? null) === null);
  const columns = [...table.columns.keys()].filter(
    (at) => !isEmpty(section, at) || table.sections.every((other) => isEmpty(other, at)),
  );
  return { section, marks: marksOf(table, section), columns };
}

function sectionHtml(
  table: Table,
  { section, marks, columns: places }: ShownSection,
  above: string | null,
): Html {
  const { rowTitles, figures } = table;
  const columns = places.flatMap((at) => table.columns[at] ?? []);
  const caption = section.title ?? table.caption[0] ?? table.name;
  const heads = [
    ...rowTitles.map((title) => html`<th scope="col"><button type="button">${title}</button></th>`),
    ...columns.map(
      ({ heading }) => html`<th scope="col" class="n"><button type="button">${heading}</button></th>`,
    ),
  ];
  const rows = section.rows.map((row, index) => {
    const headings = row.headings.map((heading) => html`<th scope="row">${heading}</th>`);
    const cells = places.map((at) =>
      cellHtml(row.cells[at] ?? null, {
        figures,
        unit: table.columns[at]?.unit,
        mark: marks[index]?.[at] ?? null,
      }),
    );
    return html`<tr>${headings}${cells}</tr>`;
  });
  const intro = above !== null && section.title !== null && html`<p>${above}</p>`;
  return html`${intro}<div class="scroll" tabindex="0" role="group" aria-label="${caption}"><table class="${sizeClass(heads.length)}"><caption><span>${caption}</span></caption><thead><tr>${heads}</tr></thead><tbody>${rows}</tbody></table></div>`;
}

/** Wider tables are set smaller on paper, so that they are no wider than a page. */
function sizeClass(columns: number): string {
  if (columns > 16) return 'sortable many most';
  return columns > 10 ? 'sortable many' : 'sortable';
}

interface CellStyle {
  readonly figures: Table['figures'];
  readonly unit: TableColumn['unit'] | undefined;
  readonly mark: Mark | null;
}

function cellHtml(cell: TableCell | null, { figures, unit, mark }: CellStyle): Html {
  if (cell === null || cell.value === null) return html`<td class="n">${noFigure}</td>`;
  const { value, spread, published } = cell;
  const beside =
    published !== undefined &&
    html`<span class="i">published ${
      figures === 'percentages'
        ? percent(published.value)
        : estimateAndDeviation(published.value, published.deviation)
    } (${inDeviations(published.difference)} σ)</span>`;
  if (figures === 'percentages') return html`<td class="n" data-v="${value}">${percent(value)}${beside}</td>`;
  if (figures === 'quantities')
    return html`<td class="n" data-v="${value}">${marked(quantity({ ...cell, spread: null }, unit), mark)}${
      spread !== null &&
      html`<span class="i">${quantity({ ...cell, value: spread.low, spread: null }, unit)} – ${quantity({ ...cell, value: spread.high, spread: null }, unit)}</span>`
    }</td>`;
  const figure = spread === null ? fractionText(value) : estimateAndDeviation(value, spread.deviation);
  // It hangs beside the column, so that figures stand below each other.
  const level = cell.beside !== undefined && html`<span class="level"> ${besideMarks[cell.beside]}</span>`;
  const range = spread !== null && html`<span class="i">${interval(spread.low, spread.high)}</span>`;
  return html`<td class="n" data-v="${Number(value.toPrecision(8))}">${marked(figure, mark)}${level}${range}${beside}</td>`;
}

/** The best in bold, the second best underlined. */
function marked(text: string, mark: Mark | null): Html | string {
  if (mark === null) return text;
  return mark === 'best' ? html`<b class="best">${text}</b>` : html`<u class="second">${text}</u>`;
}
