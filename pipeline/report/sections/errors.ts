import type { ErrorRow } from '../../inputs/errors-table.js';
import { shownName } from '../../tables/table.js';
import { type Html, html } from '../html.js';

/** So many are listed; all are in `errors.arrow`. */
const listed = 50;

/** The images that could not be used; null where all could. */
export function errors(rows: readonly ErrorRow[], shown: (message: string) => string): Html | null {
  if (rows.length === 0) return null;
  const items = rows.slice(0, listed).map(({ model, set, image, message }) => {
    return html`<li>${shownName(model)}, ${shownName(set)}, ${shownName(shown(image))}: ${shown(message)}</li>`;
  });
  return html`<p>${rows.length} images could not be used and are left out of all figures${
    rows.length > listed && html`; the first ${listed} are these, all are in <code>errors.arrow</code>`
  }.</p><ul>${items}</ul>`;
}
