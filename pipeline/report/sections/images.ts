import { titleOf } from '../../../stages/ensembles/title-of.js';
import type { ExtremeRow } from '../../analyses/extreme-images.js';
import { quantity } from '../../tables/figure-text.js';
import { shownName } from '../../tables/table.js';
import type { PageBudget } from '../budget.js';
import { type Html, html } from '../html.js';
import type { ReportData } from '../report-data.js';
import type { Thumbnail } from '../thumbnails.js';

/** Sets whose images are shown; all are in `analyses/extreme-images.csv`. */
const mostSets = 24;

/** Images of each end. */
const shown = 8;

/** An image that is shown, and what of it. */
export interface ShownImage {
  readonly row: ExtremeRow;
  readonly thumbnail: Thumbnail;
}

/** The rows whose images a page has room for: of the first model's best detector. */
export function shownExtremes({ results, views, sets }: ReportData): readonly ExtremeRow[] {
  const [view] = views;
  const [detector] = view?.shown ?? [];
  const named = sets.slice(0, mostSets).map(({ name }) => name);
  return (results?.analyses.extremeImages ?? []).filter(
    (row) =>
      row.model === view?.model && row.detector === detector && named.includes(row.set) && row.rank <= shown,
  );
}

/** The most and the least suspicious images of each set. */
export function images(all: readonly ShownImage[], budget: PageBudget): Html | null {
  const [first] = all;
  if (first === undefined) return null;
  const { model, detector } = first.row;
  const sets = [...new Set(all.map(({ row }) => row.set))];
  const parts = sets.map((set) => {
    const own = all.filter(({ row }) => row.set === set);
    const role = own[0]?.row.role ?? '';
    const content = html`<h3>${shownName(set)} <span class="faint">(${role})</span></h3>${(
      ['most suspicious', 'least suspicious'] as const
    ).map((end) => {
      const some = own.filter(({ row }) => row.end === end);
      return html`<p class="faint">${end[0]?.toUpperCase()}${end.slice(1)} first</p><ul class="thumbs">${some.map(item)}</ul>`;
    })}`;
    return budget.place(
      content,
      html`<p>${shownName(set)}: no room; see <code>analyses/extreme-images.csv</code>.</p>`,
    );
  });
  return html`<p>The test images that ${titleOf(detector)} of ${shownName(model)} finds most and least suspicious of each set, with their scores, larger being more suspicious. Mistakes are easiest seen here: images with a familiar class among the outliers, broken ones, duplicates.</p>${parts}`;
}

function item({ row, thumbnail }: ShownImage): Html {
  const { image, score, label, predicted } = row;
  const classes = `${label === null ? '' : `class ${label}, `}predicted ${predicted}`;
  const name = shownName(image);
  const picture =
    thumbnail.source === null
      ? html`<span class="none" title="${thumbnail.why ?? ''}"></span>`
      : html`<img loading="lazy" src="${thumbnail.source}" alt="${name}"${thumbnail.isSmall && html` class="small"`}>`;
  return html`<li>${picture}<strong>${quantity({ value: score, spread: null, details: [] })}</strong>${name}<br>${classes}${thumbnail.why !== null && html`<br>${thumbnail.why}`}</li>`;
}
