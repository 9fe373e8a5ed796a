import { type ErrorRow, failedImages } from '../../inputs/errors-table.js';
import { imageCount } from '../../inputs/image-count.js';
import { shownName } from '../../tables/table.js';
import { type Html, html } from '../html.js';

/** So many are listed; all are in `errors.arrow`. */
const listed = 50;

/** The images that could not be used; null where all could. @param models how many the run is of */
export function errors(
  rows: readonly ErrorRow[],
  models: number,
  shown: (message: string) => string,
): Html | null {
  if (rows.length === 0) return null;
  const items = rows.slice(0, listed).map(({ model, set, image, message }) => {
    return html`<li>${shownName(model)}, ${shownName(set)}, ${shownName(shown(image))}: ${shown(message)}</li>`;
  });
  return html`<p>${imageCount(failedImages(rows))} could not be used${
    models === 1
      ? ' and are left out of all figures'
      : ', and are left out of the figures of each model that met them'
  }${
    rows.length > listed &&
    html`; the first ${listed} of ${rows.length} cases are these, all are in <code>errors.arrow</code>`
  }.</p><ul>${items}</ul>`;
}
