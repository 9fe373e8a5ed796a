import type { RunComparison } from '../../comparison/compare-runs.js';
import { comparedTable, type RunLabels } from '../../comparison/comparison-table.js';
import { onlyInOne } from '../../comparison/only-in-one.js';
import type { PageBudget } from '../budget.js';
import { type Html, html } from '../html.js';
import { tableHtml } from '../table-html.js';

/** What differs in the results of two runs; null where they are not compared. */
export function comparedResults(
  comparison: RunComparison,
  labels: RunLabels,
  budget: PageBudget,
): Html | null {
  if (comparison.unfinished.length > 0) return null;
  const table = comparedTable(comparison, labels);
  const tests = comparison.pairs.flatMap(({ detectors }) => detectors);
  const better = (verdict: string) => tests.filter((one) => one.verdict === verdict).length;
  const told = `${tests.length} comparisons: ${labels.first} is better in ${better('first')}, ${labels.second} in ${better('second')}, level in ${better('level')}${
    better('untested') > 0 ? `, untested ${better('untested')}` : ''
  }.`;
  const only = onlyInOne(comparison.only, labels);
  return html`${table === null ? html`<p>The runs have no results in common.</p>` : html`<p>${told}</p>${budget.place(tableHtml(table), html`<p>The table is too large for a page: <code>grodin compare --json</code> has all of it.</p>`)}`}${
    only.length > 0 && html`<h3>In one run alone</h3><ul>${only.map((line) => html`<li>${line}</li>`)}</ul>`
  }`;
}
