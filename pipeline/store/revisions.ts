import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { validate } from '../../manifests/input/validate.js';
import { createExclusively } from '../../manifests/output/atomic-file.js';
import { isErrno, isThere } from '../../manifests/output/file-system.js';
import { step } from '../../manifests/output/step.js';
import { InputError, RunFailedError } from '../../stages/errors.js';
import { call, setting } from '../../stages/setting.js';
import { hashJson } from '../../workers/store/canonical-json.js';
import type { RunDirectory } from '../../workers/store/run-directory.js';
import type { PlannedExperiment } from '../experiment/experiment.js';
import { plannedExperiment } from '../experiment/resolved-schema.js';
import { addsOnlyKeys, asJson, readSealedJson, sameJson, sealedJson } from './sealed-json.js';

/** What a run is of: an experiment, and what its files were. */
export interface RevisionContents {
  readonly experiment: PlannedExperiment;
  /** sha256 (hex) of every model file and manifest, by name. */
  readonly models: Readonly<Record<string, string>>;
  readonly manifests: Readonly<Record<string, string>>;
  readonly scoreSchema: number;
  readonly engine: string;
}

/** One state of a run: a file of its own, sealed, that names the one before it. */
export interface Revision extends RevisionContents {
  /** Versions by name; no shard's identity depends on them. */
  readonly software: Readonly<Record<string, string>>;
}

/** A revision as it lies in the run directory. */
export interface WrittenRevision extends Revision {
  /** Counted from 1. */
  readonly number: number;
  /** The seal of the file (hex), which plans name. */
  readonly sha256: string;
  /** `contentId` of what the file says, which results name: keys that came later have no part in it. */
  readonly contentId: string;
}

const corruption = z.looseObject({ textures: z.looseObject({ sha256: z.string() }).optional() });
const set = z.looseObject({ manifest: z.string(), corrupt: corruption.optional() });
const placedExperiment = z.looseObject({
  models: z.array(z.looseObject({ file: z.string() })),
  inDomain: set,
  outliers: z.array(set),
  validationSets: z.array(set).optional(),
  covariateShifted: z.array(set).optional(),
});

/** A corruption wherever its textures lie. */
function withoutFolder({ textures, ...corrupt }: PlacedCorruption): object {
  return textures === undefined ? corrupt : { ...corrupt, textures: textures.sha256 };
}

interface PlacedCorruption {
  readonly textures?: { readonly sha256: string } | undefined;
}

interface PlacedSet {
  readonly manifest: string;
  readonly corrupt?: PlacedCorruption | undefined;
}

/** As much of an experiment as says where its files lie; the rest is whatever the version had that wrote it. */
interface PlacedExperiment {
  readonly models: readonly { readonly file: string }[];
  readonly inDomain: PlacedSet;
  readonly outliers: readonly PlacedSet[];
  readonly validationSets?: readonly PlacedSet[] | undefined;
  readonly covariateShifted?: readonly PlacedSet[] | undefined;
}

const schema = z.object({
  number: z.number(),
  /** The seal of the revision before this one; null for the first. */
  previous: z.string().nullable(),
  experiment: placedExperiment,
  models: z.record(z.string(), z.string()),
  manifests: z.record(z.string(), z.string()),
  scoreSchema: z.number(),
  engine: z.string(),
  software: z.record(z.string(), z.string()),
});

/** What tells whether something is an experiment, and fills in what has a default. */
export interface ExperimentReader {
  safeParse(
    value: unknown,
  ): { readonly success: true; readonly data: PlannedExperiment } | { readonly success: false };
}

/** Whether a run was begun in the folder. */
export function isBegun(directory: RunDirectory): Promise<boolean> {
  return isThere(revisionFile(directory, 1));
}

/**
 * All revisions of a run, the latest last; none when the run is new. A key that is missing, since it came after the file was
 * written, has its default: that is what every version did before there was the key.
 * @param known what an experiment is
 * @throws RunFailedError when one of them is missing, altered, or not what the next one names
 */
export async function readRevisions(
  directory: RunDirectory,
  known: ExperimentReader = plannedExperiment,
): Promise<readonly WrittenRevision[]> {
  await step('read revisions');
  const names = await revisionNames(directory);
  const revisions: WrittenRevision[] = [];
  for (let number = 1; number <= names.length; number += 1) {
    const file = revisionFile(directory, number);
    if (!names.includes(nameOf(number)))
      throw new RunFailedError(
        `${file}: is missing, but later revisions are there; restore it, ${elsewhere()}`,
      );
    const sealed = await readSealedJson(file);
    const parsed = schema.safeParse(sealed?.value);
    const experiment = known.safeParse(parsed.data?.experiment);
    if (
      sealed === null ||
      !parsed.success ||
      !experiment.success ||
      !addsOnlyKeys(asJson(parsed.data.experiment), asJson(experiment.data))
    )
      throw new RunFailedError(
        `${file}: was altered or damaged, or is of another version; restore it, ${elsewhere()}`,
      );
    const { previous, ...revision } = parsed.data;
    if (revision.number !== number || previous !== (revisions.at(-1)?.sha256 ?? null))
      throw new RunFailedError(`${file}: does not follow the revision before it; restore it, ${elsewhere()}`);
    revisions.push({
      ...revision,
      experiment: experiment.data,
      sha256: sealed.sha256,
      contentId: contentId(revision),
    });
  }
  if (revisions.length === 0 && (await isThere(join(directory.path, 'run.json'))))
    throw new RunFailedError(
      `${directory.path}: holds a run of an earlier version of grodin; start another run with another ${setting('out')}`,
    );
  return revisions;
}

const elsewhere = () => `or start another run with another ${setting('out')}`;

async function revisionNames(directory: RunDirectory): Promise<readonly string[]> {
  try {
    return (await readdir(directory.revisions)).filter((name) => /^\d{4,}\.json$/.test(name));
  } catch (error) {
    if (isErrno(error, 'ENOENT') || isErrno(error, 'ENOTDIR')) return [];
    throw error;
  }
}

/**
 * The latest revision of a run that exists.
 * @throws InputError when the folder holds no run
 */
export async function readLatestRevision(directory: RunDirectory): Promise<WrittenRevision> {
  const latest = (await readRevisions(directory)).at(-1);
  if (latest !== undefined) return latest;
  throw new InputError(
    `${directory.path}: holds no run (there is no revisions/0001.json); start one with: ${call('run')}`,
  );
}

/**
 * Makes a revision the latest, unless it equals the latest one. Of several processes that append at once each appends
 * its own, one after the other, and sees what was appended before it.
 * @param check throws where the revision does not fit those before it; called again whenever another came first
 * @throws InputError when its experiment is none that a file could describe, naming the key
 */
export async function appendRevision(
  directory: RunDirectory,
  next: Revision,
  check: (earlier: readonly WrittenRevision[]) => void | Promise<void>,
): Promise<WrittenRevision> {
  // A caller of `run` may have made the experiment by hand: nothing is written that could not be read again.
  validate(plannedExperiment, next.experiment, { file: 'the experiment', path: [] });
  for (;;) {
    const earlier = await readRevisions(directory);
    const latest = earlier.at(-1);
    if (latest !== undefined && sameJson(plain(latest), plain(next))) return latest;
    await check(earlier);
    const number = (latest?.number ?? 0) + 1;
    const content = { number, previous: latest?.sha256 ?? null, ...plain(next) };
    const { text, sha256 } = sealedJson(content, 2);
    const file = revisionFile(directory, number);
    // Another process was first, or a network file system repeated the request: read what is there.
    if (await createExclusively(file, text)) return { ...next, number, sha256, contentId: contentId(next) };
  }
}

function plain({ experiment, models, manifests, scoreSchema, engine, software }: Revision) {
  return { experiment: asJson(experiment), models, manifests, scoreSchema, engine, software };
}

/**
 * sha256 (hex) of what a run is of, wherever its files lie and whatever software works on it: equal for two processes
 * that may write each other's results.
 */
export function contentId({
  experiment,
  models,
  manifests,
  scoreSchema,
  engine,
}: Omit<RevisionContents, 'experiment'> & { readonly experiment: PlacedExperiment }): string {
  const { models: used, inDomain, outliers, validationSets, covariateShifted, ...rest } = experiment;
  const unplaced = ({ manifest: _, corrupt, ...others }: PlacedExperiment['inDomain']) =>
    corrupt === undefined ? others : { ...others, corrupt: withoutFolder(corrupt) };
  return hashJson(
    asJson({
      ...rest,
      models: used.map(({ file: _, ...others }) => others),
      inDomain: unplaced(inDomain),
      outliers: outliers.map(unplaced),
      ...(validationSets && { validationSets: validationSets.map(unplaced) }),
      ...(covariateShifted && { covariateShifted: covariateShifted.map(unplaced) }),
      files: { models, manifests },
      scoreSchema,
      engine,
    }),
  );
}

function nameOf(number: number): string {
  return `${String(number).padStart(4, '0')}.json`;
}

export function revisionFile(directory: RunDirectory, number: number): string {
  return join(directory.revisions, nameOf(number));
}
