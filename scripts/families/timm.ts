import { access, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { ExactScores } from './deviation.js';
import type { Family } from './family.js';
import { outcomesOf } from './outcomes.js';
import type { Compared } from './page.js';
import { timmPage } from './timm-page.js';

// Usage: node dist/scripts/families/timm.js FOLDER [--out docs/timm-families.md]
// Without --out: what becomes of the model in FOLDER/work, which `timm_models.py` has put there.

async function compareWork(folder: string): Promise<void> {
  const work = join(folder, 'work');
  const name = (await readdir(work)).find((file) => file.endsWith('.json'));
  if (name === undefined) throw new Error(`${work} holds no model that timm_models.py has described`);
  const family = JSON.parse(await readFile(join(work, name), 'utf8')) as Family;
  const inFloat64 = join(work, 'exact', name);
  const exact = (await exists(inFloat64))
    ? (JSON.parse(await readFile(inFloat64, 'utf8')) as ExactScores)
    : {};
  const compared: Compared = {
    family: { ...family, images: [] },
    outcomes: await outcomesOf(work, family, exact),
  };
  await mkdir(join(folder, 'outcomes'), { recursive: true });
  await writeFile(join(folder, 'outcomes', name), JSON.stringify(compared));
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

async function pageOf(folder: string): Promise<string> {
  const models: Compared[] = [];
  for (const name of (await readdir(join(folder, 'outcomes'))).sort())
    models.push(JSON.parse(await readFile(join(folder, 'outcomes', name), 'utf8')) as Compared);
  return timmPage(models);
}

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { out: { type: 'string' } },
});
const [folder] = positionals;
if (folder === undefined) throw new Error('give the folder that scripts/families/timm_models.py works in');
if (values.out === undefined) await compareWork(folder);
else await writeFile(values.out, await pageOf(folder));
