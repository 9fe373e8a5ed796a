import { readdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { takeOut } from '../../workers/store/retried-shards.js';
import { runDirectory } from '../../workers/store/run-directory.js';
import { decodeShard } from '../../workers/store/shard-file.js';
import { shardIdsIn } from '../../workers/store/shard-store.js';
import { comparable, copyRun, differences } from './command.js';
import { runExperiment } from './here.js';
import { smallExperiment } from './small-experiment.js';

/** All kinds of shards, with all that they may keep; several batches in each, some of which have no bad image. */
const everything = {
  images: 20,
  detectors: ['ODIN', 'Energy', 'G'],
  layerNorms: true,
  shardSeconds: 60,
  maxBadFraction: 0.5,
};

for (const logits of ['all', 'summaries']) {
  test(`bad images that are mended are tried again, and no other (logits: ${logits})`, async (t) => {
    const folder = await smallExperiment(t, { ...everything, logits });
    const { code, err } = await runExperiment(folder, 'good');
    t.is(code, 0, err);

    const bad = ['clean/1.png', 'clean/2.png', 'clean/17.png', 'noisy/5.png', 'noisy/19.png', 'dark/11.png'];
    const whole = new Map<string, Buffer>();
    for (const path of bad) {
      whole.set(path, await readFile(join(folder, path)));
      await writeFile(join(folder, path), 'no image');
    }
    const first = await runExperiment(folder, 'run', '--json');
    t.is(first.code, 0, first.err);
    t.is(JSON.parse(first.out).failedImages, bad.length);

    // One image stays bad: all that was scored is kept, and comes to the same bytes.
    const before = await comparable(join(folder, 'run'));
    const second = await runExperiment(folder, 'run', '--retry-errors');
    t.is(second.code, 0, second.err);
    t.deepEqual(differences(await comparable(join(folder, 'run')), before), []);

    // Who reads any other image now can't give the scores that it had.
    for (const set of ['clean', 'noisy', 'dark'])
      for (const name of await readdir(join(folder, set))) await writeFile(join(folder, set, name), 'gone');
    for (const [path, bytes] of whole) await writeFile(join(folder, path), bytes);
    const third = await runExperiment(folder, 'run', '--retry-errors', '--trust-images', '--json');
    t.is(third.code, 0, third.err);
    t.is(JSON.parse(third.out).failedImages, 0);
    t.deepEqual(
      differences(await comparable(join(folder, 'run')), await comparable(join(folder, 'good'))),
      [],
    );
    t.false((await readdir(join(folder, 'run'))).includes('retried'));
  });
}

test('a retry that was killed goes on from the scores that hold, or without them where they are damaged', async (t) => {
  const folder = await smallExperiment(t, everything);
  const path = join(folder, 'noisy/5.png');
  const good = await readFile(path);
  await writeFile(path, 'no image');
  t.is((await runExperiment(folder, 'run')).code, 0);
  await writeFile(path, good);
  t.is((await runExperiment(folder, 'good')).code, 0);
  for (const isDamaged of [false, true]) {
    const run = await copyRun(folder, 'run', `damaged: ${isDamaged}`);
    const directory = runDirectory(run);
    const [id = ''] = await shardsWithErrors(run);
    await takeOut(directory, id);
    if (isDamaged) await truncate(directory.retriedShard(id), 1000);
    const { code, err, out } = await runExperiment(folder, run, '--retry-errors', '--json');
    t.is(code, 0, err);
    t.is(JSON.parse(out).failedImages, 0);
    t.deepEqual(differences(await comparable(run), await comparable(join(folder, 'good'))), []);
  }
});

/** The ids of shards in which an image could not be used. */
async function shardsWithErrors(run: string): Promise<string[]> {
  const directory = runDirectory(run);
  const found: string[] = [];
  for (const id of await shardIdsIn(directory)) {
    const { scores } = decodeShard(await readFile(directory.shard(id)), id);
    if (scores.failures.length > 0) found.push(id);
  }
  return found;
}
