import test from 'ava';
import type { HardExampleRow } from '../../pipeline/analyses/hard-example-rows.js';
import { hardExampleTable } from '../../pipeline/analyses/hard-example-table.js';
import type { PublishedExperiment } from '../../pipeline/reduction/published.js';
import { renderCsv } from '../../pipeline/tables/csv.js';
import { renderMarkdown } from '../../pipeline/tables/markdown.js';

const row: HardExampleRow = {
  ...{ model: 'mine', outlier: 'r', lowS: 0.2, highS: 0.6, lowLogOdds: -1, highLogOdds: 1 },
  ...{
    validationInDomainImages: 9,
    validationOutlierImages: 9,
    validationAurocS: 0.6,
    validationAurocG: 0.7,
  },
  ...{ inDomainImages: 9, outlierImages: 9, epsilon: 0, temperature: 1 },
  ...{ aurocS: 0.7, aurocSDeviation: 0.002, aurocSLow: 0.69, aurocSHigh: 0.71 },
  ...{ aurocG: 0.735, aurocGDeviation: 0.002, aurocGLow: 0.73, aurocGHigh: 0.74 },
};
const experiment = (set?: string) =>
  ({
    models: [{ name: 'mine', published: 'ResNet-50' }],
    inDomain: { name: 'val', published: 'ImageNet-1K' },
    outliers: [{ name: 'r', published: set }],
  }) as unknown as PublishedExperiment;

test("figure 2's values of ImageNet-R stand beside ours, and of which network they are is not claimed", (t) => {
  const [table] = hardExampleTable([row], experiment('ImageNet-R'));
  const cells = table!.sections[0]!.rows[0]!.cells;
  t.deepEqual(
    cells.map((cell) => cell?.published?.value),
    [undefined, undefined, undefined, undefined, 0.708, 0.735],
  );
  t.true(Math.abs(cells[4]!.published!.difference - -0.008 / Math.hypot(0.002, 0.002)) < 1e-9);
  const text = renderMarkdown(table!);
  t.regex(text, /published .*0\.708 ± 0\.002 +\| 0\.735 ± 0\.002/);
  t.regex(text, /difference, σ .*−2\.8 +\| \+0\.0/);
  t.regex(text, /figure 2 does not say of which of its networks/);
  t.regex(renderCsv(table!), /published/);
});

test('of other sets figure 2 has nothing', (t) => {
  for (const set of [undefined, 'ImageNet-O']) {
    const [table] = hardExampleTable([row], experiment(set));
    t.notRegex(renderMarkdown(table!), /ublished|figure 2/);
  }
});
