import { basename } from 'node:path';
import { type Html, html } from '../html.js';
import type { ReportData } from '../report-data.js';

/** What it takes to make the same results again: the experiment, digests of its files, versions. */
export function reproduce({ revision, experiment }: ReportData, withPaths: boolean): Html {
  const shown = JSON.stringify(experiment, (_, value) => (withPaths ? value : withoutFolders(value)), 2);
  const hidden = new Set(withPaths ? [] : ['processor']);
  const digests = [
    ...Object.entries(revision.models).map(([name, sha256]) => ['model', name, sha256] as const),
    ...Object.entries(revision.manifests).map(([name, sha256]) => ['manifest', name, sha256] as const),
  ];
  const software = Object.entries(revision.software).filter(([name]) => !hidden.has(name));
  return html`<p>State ${revision.number} of the run. Equal files, an equal experiment and equal versions on the same kind of processor give the same bytes.</p>
<h3>Versions</h3>
<div class="scroll" tabindex="0" role="group" aria-label="Versions"><table><caption>Versions that the run was begun with</caption><tbody>${software.map(
    ([name, version]) => html`<tr><th scope="row">${name}</th><td>${version}</td></tr>`,
  )}<tr><th scope="row">engine</th><td>${revision.engine}</td></tr></tbody></table></div>
<h3>Files</h3>
<div class="scroll" tabindex="0" role="group" aria-label="Digests of files"><table><caption>SHA-256 of models, and of the rows of manifests</caption><tbody>${digests.map(
    ([kind, name, sha256]) =>
      html`<tr><th scope="row">${kind} ${name}</th><td><code>${sha256}</code></td></tr>`,
  )}</tbody></table></div>
<details><summary>The experiment, every default filled in</summary><pre><code>${shown}</code></pre></details>`;
}

/** Absolute paths are nobody's business but their owner's: their last part alone. */
function withoutFolders(value: unknown): unknown {
  return typeof value === 'string' && /^(\/|[A-Za-z]:[\\/])/.test(value) ? basename(value) : value;
}
