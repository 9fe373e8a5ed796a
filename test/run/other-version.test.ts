import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { sealedJson } from '../../pipeline/store/sealed-json.js';
import { checksumOf, seal, UNSEALED } from '../../workers/store/checksum.js';
import { SCORE_SCHEMA_VERSION } from '../../workers/store/shard-scores.js';
import { grodin } from '../cli/built.js';
import { comparable, copyRun, differences, shardNames } from './command.js';
import { runExperiment } from './here.js';
import { sharedExperiment } from './small-experiment.js';

let folder: string;

test.before(async (t) => {
  folder = await sharedExperiment();
  const { code, err } = await runExperiment(folder, 'base');
  t.is(code, 0, err);
});

test.after.always(() => rm(folder, { recursive: true, force: true }));

for (const [which, schema] of Object.entries({
  'an earlier': SCORE_SCHEMA_VERSION - 1,
  'a later': SCORE_SCHEMA_VERSION + 1,
}))
  test.serial(`scores of ${which} version are refused by one line, and none is touched`, async (t) => {
    const run = await copyRun(folder, 'base', `of ${which} version`);
    await makeOf(run, schema);
    await rm(join(run, 'finished.json'));
    const before = await comparable(run);
    for (const args of [
      ['run', 'experiment.json', '--out', run],
      ['run', 'experiment.json', '--out', run, '--dry-run'],
      ['status', run, '--check'],
      ['reduce', run],
      ['report', run],
      ['export', run, '--out', join(folder, 'scores.csv')],
    ]) {
      const { code, out, err } = await grodin(args, folder);
      t.is(code, 2, `${args}: ${out}${err}`);
      t.is(out, '', `${args}`);
      t.regex(
        err,
        new RegExp(`^grodin: [^\\n]*made by ${which} version of grodin \\(score schema ${schema}`),
        `${args}`,
      );
      t.regex(err, /--rescore[^\n]*\n$/, `${args}`);
    }
    t.deepEqual(differences(await comparable(run), before), []);
    t.false((await readdir(run)).includes('set-aside'));
  });

test.serial('a shard of another version is not set aside where the revision does not tell', async (t) => {
  const run = await copyRun(folder, 'base', 'one shard');
  const [name = ''] = await shardNames(run);
  await makeShardOf(join(run, 'shards', name), SCORE_SCHEMA_VERSION + 1);
  const before = await readFile(join(run, 'shards', name));
  const { code, err } = await grodin(['status', run, '--check'], folder);
  t.is(code, 1, err);
  t.regex(err, /another version of grodin \(score schema \d+, here \d+\)/);
  t.deepEqual(await readFile(join(run, 'shards', name)), before);
});

/** Has a run's scores be of another score schema, as the version would have it that made them. */
async function makeOf(run: string, schema: number): Promise<void> {
  for (const name of await shardNames(run)) await makeShardOf(join(run, 'shards', name), schema);
  const revision = await reseal(join(run, 'revisions', '0001.json'), { scoreSchema: schema });
  for (const name of (await readdir(join(run, 'plan'))).filter((one) => one.endsWith('.json')))
    await reseal(join(run, 'plan', name), { revision });
}

async function makeShardOf(file: string, schema: number): Promise<void> {
  const bytes = await readFile(file);
  const key = bytes.lastIndexOf('score_schema');
  const value = (of: number): string => `\x01\0\0\0${of}\0`;
  const at = bytes.indexOf(value(SCORE_SCHEMA_VERSION), key - 32, 'latin1');
  bytes.write(value(schema), at, 'latin1');
  bytes.write(UNSEALED, bytes.lastIndexOf(UNSEALED.slice(0, 20), undefined, 'latin1'), 'latin1');
  const sealed = seal(bytes);
  if (checksumOf(sealed) === null) throw new Error(`${file}: could not be sealed again`);
  await writeFile(file, sealed);
}

/** @returns the file's new seal (hex) */
async function reseal(file: string, change: object): Promise<string> {
  const { sha256: _, ...content } = JSON.parse(await readFile(file, 'utf8'));
  const { text, sha256 } = sealedJson({ ...content, ...change });
  await writeFile(file, text);
  return sha256;
}
