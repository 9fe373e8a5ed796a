import { GrodinError, InterruptedError, RunFailedError } from '../../stages/errors.js';
import type { SplitScores } from '../../stages/metrics/split-scores.js';
import type { RunDirectory } from '../../workers/store/run-directory.js';
import { openRecorded } from '../opening/open-run.js';
import type { OpenRun, OpenSet } from '../opening/opened.js';
import { allPlanned } from '../opening/valid-steps.js';
import { hasResultsOf, type RunResults, readResults } from '../results/stored-results.js';
import { fittedIn } from '../selection/fitted.js';
import { readLatestRevision, type WrittenRevision } from '../store/revisions.js';
import { surveyShards } from '../store/survey.js';
import { neededShards } from '../waves/plan-wave.js';
import { chosenWave } from '../waves/select-cells.js';
import { type Subject, subjectsOf } from '../waves/subjects.js';
import type { TestImages } from './matched-rows.js';

/** A run that is compared with another one. */
export interface ComparedRun {
  readonly directory: RunDirectory;
  readonly revision: WrittenRevision;
  /** Null where the run is not finished. */
  readonly results: RunResults | null;
  /** The scores behind the results; null, or why they can't be read, where there are none. */
  readonly scores: TestScores | null;
  readonly whyNoScores: string | null;
}

/** One set as one model, or ensemble, scored it. */
export interface ScoredSet {
  readonly split: SplitScores;
  readonly images: TestImages;
}

/** The scores of a run's test images, read set by set. */
export interface TestScores {
  /** What made them, as `Survey.origins`. */
  readonly origins: readonly string[];
  /** Models, then ensembles. */
  readonly subjects: readonly Subject[];
  readonly inDomain: string;
  /** @throws RunFailedError where shards are missing, RangeError for a set that the run does not have */
  load(subject: Subject, set: string): Promise<ScoredSet>;
}

/**
 * Reads what a comparison needs of a run. Scores are read from its shards, which takes its manifests: where these are gone or
 * have changed, results can be compared all the same.
 * @throws InputError when the folder holds no run
 */
export async function openCompared(directory: RunDirectory): Promise<ComparedRun> {
  const revision = await readLatestRevision(directory);
  if (!(await hasResultsOf(directory, revision.contentId)))
    return { directory, revision, results: null, scores: null, whyNoScores: 'the run is not finished' };
  const results = await readResults({ directory, revision, experiment: revision.experiment });
  try {
    const scores = await testScores(await openRecorded(directory), results);
    return { directory, revision, results, scores, whyNoScores: null };
  } catch (error) {
    if (!(error instanceof GrodinError) || error instanceof InterruptedError) throw error;
    return { directory, revision, results, scores: null, whyNoScores: error.message };
  }
}

async function testScores(run: OpenRun, { selection }: RunResults): Promise<TestScores> {
  const planned = await allPlanned(run);
  const wave = chosenWave(run, selection);
  const needed = neededShards(run, wave, planned);
  const survey = await surveyShards(run, needed);
  if (survey.missing.length > 0)
    throw new RunFailedError(
      `${run.directory.path}: ${survey.missing.length} of ${needed.length} shards of test images are missing`,
    );
  const source: OpenRun = { ...run, checksums: survey.checksums };
  return {
    origins: [...survey.origins],
    subjects: subjectsOf(source, planned, wave, fittedIn(selection, run.experiment.detectors)),
    inDomain: run.experiment.inDomain.name,
    load: async (subject, name) => {
      const set = run.sets.find((one) => one.name === name);
      if (set === undefined) throw new RangeError(`${run.directory.path}: has no set ${name}`);
      const split = await subject.load(set);
      return { split, images: imagesOf(set, split, (row) => survey.images.of(name, row)) };
    },
  };
}

/** The usable images of a test split with the digests of their rows in the manifest. */
function imagesOf(
  { rows: { rows }, split }: OpenSet,
  test: SplitScores,
  digestOf: (row: number) => string | null,
): TestImages {
  const places = new Int32Array(test.size);
  let place = 0;
  // Both are in the split's order; the scores lack those that could not be used.
  for (const row of split.test) {
    if (place >= test.size) break;
    if (rows.idAt(row) === test.idAt(place)) places[place++] = row;
  }
  return {
    size: test.size,
    idAt: (image) => test.idAt(image),
    baseAt: (image) => test.baseAt(image),
    digestAt: (image) => digestOf(places[image] ?? -1),
  };
}
