import { titleOf } from '../../stages/ensembles/title-of.js';
import type { RunDirectory } from '../../workers/store/run-directory.js';
import type { PlannedExperiment } from '../experiment/experiment.js';
import { type SetInRole, setsOf } from '../experiment/sets.js';
import { readJournals } from '../journal/journal.js';
import type { WorkerLog } from '../plots/throughput.js';
import type { ModelView } from '../plots/view.js';
import type { MetricRow } from '../reduction/result-rows.js';
import { mainAblation } from '../reduction/results.js';
import { hasResultsOf, type RunResults, readResults } from '../results/stored-results.js';
import { type RunStatus, statusOf } from '../status/run-status.js';
import { areScoresThere } from '../status/scores-there.js';
import { readLatestRevision, type WrittenRevision } from '../store/revisions.js';

/** All that a report tells of a run. */
export interface ReportData {
  readonly directory: RunDirectory;
  readonly revision: WrittenRevision;
  readonly experiment: PlannedExperiment;
  /** In the order of the experiment, the in-domain one first. */
  readonly sets: readonly SetInRole[];
  /** Null where the run is not finished. */
  readonly results: RunResults | null;
  /** How far a run is that is not finished. */
  readonly status: RunStatus | null;
  /** Whether all scores are there, so that results need no more than to be computed. */
  readonly isScored: boolean;
  /** What each worker did when. */
  readonly workers: readonly WorkerLog[];
  /** The models that have detectors, then the ensembles; empty where there are no results. */
  readonly views: readonly ModelView[];
}

/** Curves and histograms that one figure has room for. */
const mostShown = 5;

/**
 * Reads what a report tells of a run from its directory: its results, or how far it is.
 * @throws InputError when the folder holds no run
 */
export async function readReportData(directory: RunDirectory, signal?: AbortSignal): Promise<ReportData> {
  const revision = await readLatestRevision(directory);
  const { experiment } = revision;
  const sets = setsOf(experiment);
  const isFinished = await hasResultsOf(directory, revision.contentId);
  const results = isFinished ? await readResults({ directory, revision, experiment }) : null;
  return {
    ...{ directory, revision, experiment, sets, results },
    workers: await workerLogs(directory),
    status: isFinished ? null : await statusOf(directory, { check: true, signal }),
    // Where manifests are gone nothing tells; then to run again tells what is missing.
    isScored: isFinished || (await areScoresThere(directory).catch(() => false)),
    views: results === null ? [] : viewsOf(experiment, sets, results.metrics),
  };
}

/** By host, process and worker; by number alone, as a host's name is nobody's business but its owner's. */
async function workerLogs({ journals }: RunDirectory): Promise<readonly WorkerLog[]> {
  const logs: WorkerLog[] = [];
  for (const { entries } of await readJournals(journals)) {
    const places = [...new Set(entries.map(({ worker }) => worker))].sort((a, b) => a - b);
    for (const place of places) {
      const own = entries.filter(({ worker }) => worker === place);
      logs.push({ name: `worker ${logs.length + 1} (${own[0]?.device ?? ''})`, entries: own });
    }
  }
  return logs;
}

/** The metric rows of detectors themselves, without their ablations. */
export function mainRows(metrics: readonly MetricRow[]): readonly MetricRow[] {
  return metrics.filter(({ detector, ablation }) => ablation === mainAblation(detector));
}

function viewsOf(
  experiment: PlannedExperiment,
  sets: readonly SetInRole[],
  metrics: readonly MetricRow[],
): readonly ModelView[] {
  const { models, ensembles = [] } = experiment;
  const outliers = sets.filter(({ role }) => role === 'outlier').map(({ name }) => name);
  const reported = sets.filter(({ role }) => role !== 'validation').map(({ name }) => name);
  const main = mainRows(metrics).filter(({ metric }) => metric === 'auroc');
  return [...models, ...ensembles]
    .map(({ name }, place) => ({ name, place }))
    .filter(({ name }) => main.some(({ model }) => model === name))
    .map(({ name, place }): ModelView => {
      const own = main.filter(({ model }) => model === name);
      return {
        ...{ model: name, place, titleOf, outliers, sets: reported },
        shown: bestFirst(own).slice(0, mostShown),
      };
    });
}

/** Detectors by their mean over the outlier sets, the largest first; of equal ones the one that comes first. */
function bestFirst(rows: readonly MetricRow[]): readonly string[] {
  const names = [...new Set(rows.map(({ detector }) => detector))];
  const meanOf = (name: string) => {
    const values = rows.filter(({ detector }) => detector === name).map(({ value }) => value);
    return values.reduce((sum, value) => sum + value, 0) / values.length;
  };
  const means = new Map(names.map((name) => [name, meanOf(name)]));
  return names.toSorted((a, b) => (means.get(b) ?? 0) - (means.get(a) ?? 0));
}
