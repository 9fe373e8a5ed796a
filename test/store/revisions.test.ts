import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { z } from 'zod';
import { strictObject } from '../../manifests/input/validate.js';
import { plannedExperiment } from '../../pipeline/experiment/resolved-schema.js';
import {
  appendRevision,
  contentId,
  isBegun,
  type Revision,
  readRevisions,
  revisionFile,
} from '../../pipeline/store/revisions.js';
import { sealedJson } from '../../pipeline/store/sealed-json.js';
import { InputError, RunFailedError } from '../../stages/errors.js';
import { nameSettingsAsOptions } from '../../stages/setting.js';
import { type RunDirectory, runDirectory } from '../../workers/store/run-directory.js';
import { temporaryFolder } from '../temporary-folder.js';
import { revisionOf } from './small-revision.js';

nameSettingsAsOptions();

const any = (): void => {};

async function emptyRun(t: ExecutionContext) {
  return runDirectory(join(await temporaryFolder(t), 'run'));
}

test('processes that begin a run alike share one revision', async (t) => {
  const directory = await emptyRun(t);
  const written = await Promise.all(
    Array.from({ length: 8 }, () => appendRevision(directory, revisionOf(8), any)),
  );
  t.is(new Set(written.map(({ sha256 }) => sha256)).size, 1);
  t.is((await readRevisions(directory)).length, 1);
});

test('of processes that append other revisions at one instant each keeps its own, one after the other', async (t) => {
  const directory = await emptyRun(t);
  await Promise.all(
    Array.from({ length: 12 }, (_, index) =>
      appendRevision(directory, revisionOf(8, { process: `${index}` }), any),
    ),
  );
  const revisions = await readRevisions(directory);
  t.deepEqual(
    revisions.map(({ number }) => number),
    Array.from({ length: 12 }, (_, index) => index + 1),
  );
  t.is(new Set(revisions.map(({ software }) => software.process)).size, 12);
  t.deepEqual(
    (await readdir(directory.revisions)).filter((name) => name.startsWith('.')),
    [],
  );
});

test('a revision is checked against whatever came before it, also at the last moment', async (t) => {
  const directory = await emptyRun(t);
  const check = (earlier: readonly Revision[]): void => {
    if (earlier.some(({ experiment }) => experiment.batchSize !== 8)) throw new InputError('another batch');
  };
  const ends = await Promise.allSettled([
    appendRevision(directory, revisionOf(8), check),
    appendRevision(directory, revisionOf(4), any),
  ]);
  const sizes = (await readRevisions(directory)).map(({ experiment }) => experiment.batchSize);
  if (ends[0]?.status === 'fulfilled') t.deepEqual(sizes, [8, 4]);
  else t.deepEqual(sizes, [4]);
});

const damages: Readonly<Record<string, (file: string) => Promise<void>>> = {
  'an altered revision': async (file) => {
    await writeFile(file, (await readFile(file, 'utf8')).replace('"batchSize": 8', '"batchSize": 9'));
  },
  'a truncated revision': async (file) => {
    await writeFile(file, (await readFile(file, 'utf8')).slice(0, 200));
  },
  'a missing revision': (file) => rm(file),
};

for (const [what, damage] of Object.entries(damages)) {
  test(`${what} is named, with the remedy`, async (t) => {
    const directory = await emptyRun(t);
    await appendRevision(directory, revisionOf(8), any);
    await appendRevision(directory, revisionOf(8, { process: 'other' }), any);
    await damage(revisionFile(directory, 1));
    await t.throwsAsync(readRevisions(directory), {
      instanceOf: RunFailedError,
      message: /0001\.json: .*; restore it, or start another run with another --out$/,
    });
  });
}

/** Changes the experiment that the first revision says, and seals it as the version would have that knew no better. */
async function rewriteExperiment(
  directory: RunDirectory,
  change: (experiment: Record<string, unknown>) => void,
): Promise<void> {
  const { sha256: _, ...content } = JSON.parse(await readFile(revisionFile(directory, 1), 'utf8'));
  change(content.experiment);
  await writeFile(revisionFile(directory, 1), sealedJson(content, 2).text);
}

test('a revision from before there was a key is read with its default, and keeps its seal and identity', async (t) => {
  const directory = await emptyRun(t);
  const written = await appendRevision(directory, revisionOf(8), any);
  const model = plannedExperiment.shape.models.element.extend({ layers: z.array(z.string()).default(['*']) });
  const later = plannedExperiment.extend({
    models: z.array(model),
    smoothing: strictObject({ width: z.number().default(0) }).prefault({}),
  });
  const [revision] = await readRevisions(directory, later);
  t.like(revision?.experiment, {
    smoothing: { width: 0 },
    models: [{ layers: ['*'], name: 'net' }],
    seed: 0,
  });
  t.is(revision?.sha256, written.sha256);
  t.is(revision?.contentId, contentId(revisionOf(8)));
});

test('a revision from before there was a key equals one that says the default', async (t) => {
  const directory = await emptyRun(t);
  await appendRevision(directory, revisionOf(8), any);
  await rewriteExperiment(directory, (experiment) => {
    delete experiment.seed;
    delete experiment.perturbation;
  });
  const [before] = await readRevisions(directory);
  const again = await appendRevision(directory, revisionOf(8), () => t.fail('nothing is new'));
  t.deepEqual(again, before);
  t.is(contentId(again), contentId(revisionOf(8)));
  t.not(again.contentId, contentId(again));
});

const foreign: Readonly<Record<string, (experiment: Record<string, unknown>) => void>> = {
  'a key that nobody knows': (experiment) => Object.assign(experiment, { smoothing: 1 }),
  'no value for a key that has no default': (experiment) => delete experiment.engine,
  'a value as only experiment files write it': (experiment) =>
    Object.assign(experiment, { grid: { epsilon: { from: 0, to: 1, points: 2 }, temperature: [1] } }),
};

for (const [what, change] of Object.entries(foreign)) {
  test(`a revision with ${what} is refused, though its seal holds`, async (t) => {
    const directory = await emptyRun(t);
    await appendRevision(directory, revisionOf(8), any);
    await rewriteExperiment(directory, change);
    await t.throwsAsync(readRevisions(directory), {
      message: /altered or damaged, or is of another version/,
    });
  });
}

test('an experiment that no file could describe is not written', async (t) => {
  const directory = await emptyRun(t);
  const revision = revisionOf(8);
  const experiment = { ...revision.experiment, outliers: [] };
  await t.throwsAsync(appendRevision(directory, { ...revision, experiment }, any), {
    instanceOf: InputError,
    message: 'the experiment: outliers: found []; expected a list of sets with at least one item',
  });
  t.false(await isBegun(directory));
});

test('a revision that was put in place of another is noticed by the one after it', async (t) => {
  const [directory, other] = [await emptyRun(t), await emptyRun(t)];
  await appendRevision(directory, revisionOf(8), any);
  await appendRevision(directory, revisionOf(8, { process: 'other' }), any);
  await appendRevision(other, revisionOf(4), any);
  await writeFile(revisionFile(directory, 1), await readFile(revisionFile(other, 1)));
  await t.throwsAsync(readRevisions(directory), {
    message: /0002\.json: does not follow the revision before/,
  });
});

test('what a run is of depends neither on where its files lie nor on software', (t) => {
  const { experiment, ...rest } = revisionOf(8);
  const moved = {
    ...rest,
    software: { node: 'v0' },
    experiment: {
      ...experiment,
      models: experiment.models.map((model) => ({ ...model, file: '/elsewhere.onnx' })),
      inDomain: { ...experiment.inDomain, manifest: '/elsewhere.csv' },
    },
  };
  t.is(contentId(moved), contentId({ experiment, ...rest }));
  t.not(contentId({ ...moved, models: { net: 'b'.repeat(64) } }), contentId(moved));
});

test('a run of an earlier version is refused, not begun anew', async (t) => {
  const directory = await emptyRun(t);
  await appendRevision(directory, revisionOf(8), any);
  await rm(directory.revisions, { recursive: true });
  await writeFile(join(directory.path, 'run.json'), '{}');
  await t.throwsAsync(readRevisions(directory), { message: /earlier version of grodin; start another run/ });
});

test('where textures of frost lie has no part in what a run is of, and what they are has', (t) => {
  const { experiment, ...rest } = revisionOf(8);
  const withFrost = (folder: string, sha256: string) => {
    const corrupt = { corruption: 'frost', severity: 1, seed: 0, textures: { folder, sha256 } } as const;
    const outliers = experiment.outliers.map((set) => ({ ...set, corrupt }));
    return contentId({ ...rest, experiment: { ...experiment, outliers } });
  };
  t.is(withFrost('/a', 'a'), withFrost('/b', 'a'));
  t.not(withFrost('/a', 'a'), withFrost('/a', 'b'));
  t.not(withFrost('/a', 'a'), contentId({ ...rest, experiment }));
});
