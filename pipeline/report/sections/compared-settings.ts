import type { RunLabels } from '../../comparison/comparison-table.js';
import type { SettingDifference } from '../../comparison/settings.js';
import { noFigure } from '../../tables/figure-text.js';
import { type Html, html } from '../html.js';

/**
 * What differs in the configuration of two runs.
 * @param withProcessors whether kinds of processors are told
 * @param isScorerKnown whether what scored the images could be read of both
 */
export function comparedSettings(
  settings: readonly SettingDifference[],
  { first, second }: RunLabels,
  { withProcessors, isScorerKnown }: { readonly withProcessors: boolean; readonly isScorerKnown: boolean },
): Html {
  const unread = isScorerKnown ? '' : ' What scored the images could not be read of both.';
  if (settings.length === 0) {
    const what = isScorerKnown ? 'files, versions and what scored the images' : 'files and versions';
    return html`<p>Nothing differs in configuration, ${what}.${unread}</p>`;
  }
  const told = withProcessors ? settings : settings.map(withoutProcessor);
  const name = `What differs between ${first} and ${second}`;
  const value = (text: string | null) => html`<td class="value">${text ?? noFigure}</td>`;
  return html`<div class="scroll" tabindex="0" role="group" aria-label="${name}"><table><caption>${name}</caption><thead><tr><th scope="col">Setting</th><th scope="col">${first}</th><th scope="col">${second}</th></tr></thead><tbody>${told.map(
    (one) =>
      html`<tr><th scope="row" class="value">${one.setting}</th>${value(one.first)}${value(one.second)}</tr>`,
  )}</tbody></table></div>${unread !== '' && html`<p>${unread.trim()}</p>`}`;
}

/** Kinds of processors are the owner's business, as absolute paths are: that they differ is told. */
function withoutProcessor({ setting, first, second }: SettingDifference): SettingDifference {
  if (setting === 'software.processor') return { setting, first: 'one kind', second: 'another' };
  if (setting !== 'scoredBy') return { setting, first, second };
  const hidden = (text: string | null) => text?.replace(/\(([^,()]*), .*?, (batches of)/g, '($1, $2') ?? null;
  const [one, other] = [hidden(first), hidden(second)];
  return one === other
    ? { setting, first: `${one}`, second: `${other}, other kinds of processors` }
    : { setting, first: one, second: other };
}
