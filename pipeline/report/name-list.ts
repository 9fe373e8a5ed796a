import { type Html, html } from './html.js';

/** Names one behind the other, whose words are not broken at hyphens. @param more stands behind them */
export function nameList(names: readonly string[], more = ''): Html {
  const words = `${names.join(', ')}${more}`.split(' ');
  return html`${words.map((word, at) => html`${at > 0 && ' '}${word.includes('-') ? html`<span>${word}</span>` : word}`)}`;
}
