import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { grodinHere } from '../cli/here.js';
import { smallExperiment, writeExperiment } from '../run/small-experiment.js';

test('detectors that one outlier image can’t test are not shown as told apart, and a grown run is not told to be complete', async (t) => {
  const change = {
    detectors: ['MSP', 'ODIN', 'ML', 'G'],
    outlierSets: [{ name: 'noisy', manifest: 'noisy.csv', validation: 15 }],
    ...{ temperature: [1], epsilon: [0] },
  };
  const folder = await smallExperiment(t, change);
  const rows = (await readFile(join(folder, 'noisy.csv'), 'utf8')).trim().split('\n');
  await writeFile(join(folder, 'noisy.csv'), `${rows.slice(0, 1 + 15 + 1).join('\n')}\n`);
  const { code, out, err } = await grodinHere(['run', 'experiment.json', '--out', 'run'], folder);
  t.is(code, 0, err);
  const csv = await readFile(join(folder, 'run/analyses/comparisons.csv'), 'utf8');
  const verdicts = csv.match(/untested|level|worse$/gm)?.filter((verdict) => verdict === 'untested') ?? [];
  t.true(verdicts.length > 0, csv);
  t.true(out.replace(/\s+/g, ' ').includes('‡ not tested against it'), out);
  t.is(out.match(/\d‡/g)?.length, verdicts.length, out);
  const table = await readFile(join(folder, 'run/tables/table-5.md'), 'utf8');
  t.is(table.match(/\d ‡/g)?.length, verdicts.length, table);
  t.is((await grodinHere(['report', 'run'], folder)).code, 0);
  const page = await readFile(join(folder, 'run/report.html'), 'utf8');
  t.regex(page, /<td class="names">[^\n]*?<span>not tested:<\/span> /);
  t.true(page.includes('and what was not tested'));
  // Without its note the run has all scores and no results; grown, it lacks scores of both waves.
  const unfinished = async () => {
    await rm(join(folder, 'run/finished.json'), { force: true });
    t.is((await grodinHere(['report', 'run'], folder)).code, 0);
    const text = await readFile(join(folder, 'run/report.html'), 'utf8');
    return /<p class="warning">(.*?)<\/p>/.exec(text)?.[1] ?? '';
  };
  t.regex(await unfinished(), /all shards are there, so <code>grodin reduce<\/code> writes/);
  await writeExperiment(folder, { ...change, temperature: [1, 50] });
  const grown = await grodinHere(['run', 'experiment.json', '--out', 'run', '--wave', '1'], folder);
  t.true([0, 75].includes(grown.code ?? -1), grown.err);
  t.notRegex(await unfinished(), /grodin reduce/);
  t.not((await grodinHere(['reduce', 'run'], folder)).code, 0);
});
