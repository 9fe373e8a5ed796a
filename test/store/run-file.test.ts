import { join } from 'node:path';
import test from 'ava';
import { RunFailedError } from '../../pipeline/errors.js';
import { runDirectory } from '../../pipeline/store/run-directory.js';
import { appendRevision, type Revision, readRevisions } from '../../pipeline/store/run-file.js';
import { temporaryFolder } from '../temporary-folder.js';

const set = { name: 'clean', manifest: '/clean.csv', validation: 1, test: null };

function revision(batchSize: number, software = {}): Revision {
  return {
    experiment: {
      name: 'small',
      models: [],
      inDomain: set,
      outliers: [],
      detectors: [],
      grid: { epsilon: [0], temperature: [1] },
      perturbation: { space: 'pixel' },
      seed: 0,
      resamplings: { deviation: 2, interval: 2 },
      batchSize,
      engine: 'onnxruntime',
      shardSeconds: 1,
      maxBadFraction: 0,
    },
    models: {},
    manifests: {},
    scoreSchema: 1,
    engine: 'onnxruntime',
    software,
  };
}

test('of two processes that begin a run with different batches one is told to run again', async (t) => {
  const directory = runDirectory(join(await temporaryFolder(t), 'run'));
  await appendRevision(directory, [], revision(8));
  await t.throwsAsync(appendRevision(directory, [], revision(4)), {
    instanceOf: RunFailedError,
    message: /run\.json: another process has begun this run with batches of 8, not 4; run again$/,
  });
  t.is((await readRevisions(directory)).length, 1);
});

test('two processes that begin a run alike share it, and both revisions are kept where they differ', async (t) => {
  const directory = runDirectory(join(await temporaryFolder(t), 'run'));
  await appendRevision(directory, [], revision(8));
  await appendRevision(directory, [], revision(8));
  t.is((await readRevisions(directory)).length, 1);
  await appendRevision(directory, [], revision(8, { processor: 'another' }));
  t.is((await readRevisions(directory)).length, 2);
});
