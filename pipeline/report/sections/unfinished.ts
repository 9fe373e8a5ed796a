import { shownName } from '../../tables/table.js';
import { type Html, html } from '../html.js';
import type { ReportData } from '../report-data.js';

/** What a run that is not finished lacks; nothing of one that is. */
export function unfinished({ status, isScored }: ReportData): Html | null {
  if (status === null) return null;
  const waves = status.waves.map(({ wave, done, total, parts }) => {
    const lines = parts.map(
      (part) =>
        html`<tr><th scope="row">${shownName(part.model)}</th><th scope="row">${shownName(part.set)}</th><td class="n" data-v="${part.done}">${part.done}</td><td class="n" data-v="${part.total}">${part.total}</td><td class="n" data-v="${part.total - part.done}">${part.total - part.done}</td><td class="n" data-v="${part.failedImages ?? 0}">${part.failedImages ?? 'unknown'}</td></tr>`,
    );
    const heads = ['Model', 'Set', 'Shards done', 'of', 'Missing', 'Unusable images'];
    const name = `Wave ${wave}: ${wave === 1 ? 'validation' : 'test'} images`;
    return html`<h3>${name}, ${done} of ${total} shards done</h3>
<div class="scroll" tabindex="0" role="group" aria-label="${name}"><table class="sortable"><caption>${name}</caption><thead><tr>${heads.map(
      (head, at) =>
        html`<th scope="col"${at > 1 && html` class="n"`}><button type="button">${head}</button></th>`,
    )}</tr></thead><tbody>${lines}</tbody></table></div>`;
  });
  const second = status.waves.some(({ wave }) => wave === 2)
    ? null
    : html`<p>Wave 2, of test images, is planned when wave 1 is done.</p>`;
  return html`<p class="warning">This run is not finished: ${status.resultsOutdated ? 'its results are out of date' : 'there are no results yet'}. Run the same command again, and it goes on where it is${
    isScored ? html`; all shards are there, so <code>grodin reduce</code> writes the results` : null
  }.</p>
<p>Cells: ${status.selectionMade ? 'chosen' : 'not chosen yet'}. Images that could not be used so far: ${status.failedImages}.</p>
${waves}${second}`;
}
