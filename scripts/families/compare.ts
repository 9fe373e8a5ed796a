import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { readModel } from '../../pipeline/model/read-model.js';
import { ModelError } from '../../stages/errors.js';
import type { ExactScores } from './deviation.js';
import type { Family } from './family.js';
import { outcomesOf } from './outcomes.js';
import { familiesPage, type Outcome } from './page.js';
import { forDoublePrecision } from './scores.js';

// Usage: node dist/scripts/families/compare.js FOLDER [--compile | --out docs/model-families.md]

/** Writes the scorers that `exact.py` runs; what can't be compiled has none. */
async function writeCompiled(folder: string, family: Family): Promise<void> {
  for (const { file } of Object.values(family.files)) {
    const path = join(folder, 'compiled', file);
    await mkdir(dirname(path), { recursive: true });
    try {
      await writeFile(path, forDoublePrecision(await readModel(join(folder, file)), family));
    } catch (error) {
      if (!(error instanceof ModelError)) throw error;
    }
  }
}

/** Norms of other parameters than the reference's would differ for that alone. */
function checkParameters(family: Family, outcomes: readonly Outcome[]): void {
  for (const { variant, parameters } of outcomes) {
    const file = family.files[variant];
    const expected = file?.storedParameters ?? family.parameters;
    if (parameters !== null && parameters !== expected)
      throw new Error(
        `${file?.file}: ${parameters} elements of parameters, but the reference has ${expected}`,
      );
  }
}

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { out: { type: 'string' }, compile: { type: 'boolean', default: false } },
});
const [folder] = positionals;
if (folder === undefined) throw new Error('give the folder that scripts/families/export.py has written');
const names = (await readdir(folder)).filter((name) => name.endsWith('.json'));
const families: { family: Family; outcomes: readonly Outcome[] }[] = [];
for (const name of names) {
  const family = JSON.parse(await readFile(join(folder, name), 'utf8')) as Family;
  if (values.compile) await writeCompiled(folder, family);
  else {
    const exact = JSON.parse(await readFile(join(folder, 'exact', name), 'utf8')) as ExactScores;
    const outcomes = await outcomesOf(folder, family, exact);
    checkParameters(family, outcomes);
    families.push({ family, outcomes });
  }
  process.stderr.write(` ${family.family}\n`);
}
if (!values.compile) {
  const page = familiesPage(families);
  if (values.out === undefined) process.stdout.write(page);
  else await writeFile(values.out, page);
}
