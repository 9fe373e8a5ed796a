import { titleOf } from '../../../stages/ensembles/title-of.js';
import type { ComparedRun } from '../../comparison/compared-run.js';
import { shownName } from '../../tables/table.js';
import { type Html, html } from '../html.js';
import { nameList } from '../name-list.js';

/** A run of a page that compares several. */
export interface NamedRun {
  /** A letter, by which the page calls it. */
  readonly label: string;
  /** Its folder, as the page tells it. */
  readonly folder: string;
  readonly run: ComparedRun;
}

/** Which runs are compared. */
export function comparedRuns(runs: readonly NamedRun[]): Html {
  const heads = [
    'Run',
    'Folder',
    'Experiment',
    'Models',
    'Sets',
    'Detectors',
    'Seed',
    'Engine',
    'grodin',
    'State',
  ];
  const lines = runs.map(({ label, folder, run }) => {
    const { experiment, engine, software } = run.revision;
    const names = (of: readonly { readonly name: string }[]) => of.map(({ name }) => shownName(name));
    const lists = [
      [shownName(experiment.name)],
      names([...experiment.models, ...(experiment.ensembles ?? [])]),
      names([experiment.inDomain, ...experiment.outliers]),
      experiment.detectors.map(titleOf),
    ];
    const facts = [
      String(experiment.seed),
      engine,
      software.grodin ?? '',
      run.results === null ? 'not finished' : 'finished',
    ];
    return html`<tr><th scope="row">${label}</th><th scope="row">${shownName(folder)}</th>${lists.map((list) => html`<td class="names">${nameList(list)}</td>`)}${facts.map((fact) => html`<td>${fact}</td>`)}</tr>`;
  });
  const missing = runs.filter(({ run }) => run.results === null).map(({ label }) => label);
  return html`${
    missing.length > 0 &&
    html`<p class="warning">Not finished: ${missing.join(', ')}. Configurations are compared, results are not; run the same command again to finish a run, then compare again.</p>`
  }<div class="scroll" tabindex="0" role="group" aria-label="The runs"><table><caption>The runs</caption><thead><tr>${heads.map(
    (head) => html`<th scope="col">${head}</th>`,
  )}</tr></thead><tbody>${lines}</tbody></table></div>`;
}
