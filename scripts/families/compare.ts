import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { readModel } from '../../pipeline/model/read-model.js';
import { ModelError } from '../../stages/errors.js';
import { deviationOf } from './deviation.js';
import type { Family } from './family.js';
import { familiesPage, type Outcome } from './page.js';
import { scoresOf } from './scores.js';

// Usage: node dist/scripts/families/compare.js FOLDER [--out docs/model-families.md]

async function outcomesOf(folder: string, family: Family): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const [variant, about] of Object.entries(family.files)) {
    const { nodes } = about;
    try {
      const model = await readModel(join(folder, about.file));
      const { scores, parameters } = await scoresOf(model, family);
      // Norms of other parameters than the reference's would differ for that alone.
      const expected = about.storedParameters ?? family.parameters;
      if (parameters !== expected)
        throw new Error(
          `${about.file}: ${parameters} elements of parameters, but the reference has ${expected}`,
        );
      outcomes.push({
        variant,
        nodes,
        parameters,
        deviation: deviationOf(scores, family, about),
        refused: null,
      });
    } catch (error) {
      if (!(error instanceof ModelError)) throw error;
      outcomes.push({ variant, nodes, parameters: null, deviation: null, refused: error.message });
    }
    process.stderr.write('.');
  }
  for (const [variant, reason] of Object.entries(family.refused))
    outcomes.push({
      variant,
      nodes: 0,
      parameters: null,
      deviation: null,
      refused: `not exported: ${reason}`,
    });
  return outcomes;
}

const { positionals, values } = parseArgs({ allowPositionals: true, options: { out: { type: 'string' } } });
const [folder] = positionals;
if (folder === undefined) throw new Error('give the folder that scripts/families/export.py has written');
const names = (await readdir(folder)).filter((name) => name.endsWith('.json'));
const families: { family: Family; outcomes: readonly Outcome[] }[] = [];
for (const name of names) {
  const family = JSON.parse(await readFile(join(folder, name), 'utf8')) as Family;
  families.push({ family, outcomes: await outcomesOf(folder, family) });
  process.stderr.write(` ${family.family}\n`);
}
const page = familiesPage(families);
if (values.out === undefined) process.stdout.write(page);
else await writeFile(values.out, page);
