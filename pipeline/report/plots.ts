import { leastBlocks } from '../analyses/ranks.js';
import { fullSpectrum } from '../analyses/spectrum.js';
import { calibrationPlots } from '../plots/calibration.js';
import { type CorruptionFigure, corruptionPlot } from '../plots/corruptions.js';
import { criticalDifferencePlot } from '../plots/critical-difference.js';
import { hardExamplePlots } from '../plots/hard-examples.js';
import { layersPlot } from '../plots/layers.js';
import type { Plot } from '../plots/plot.js';
import { rocPlot } from '../plots/roc.js';
import { scoreHistogramPlot } from '../plots/score-histograms.js';
import { surfacePlot } from '../plots/surface.js';
import { throughputPlot } from '../plots/throughput.js';
import type { ModelView } from '../plots/view.js';
import { mainAblation, modelNamesOf } from '../reduction/results.js';
import type { RunResults } from '../results/stored-results.js';
import { shownName } from '../tables/table.js';
import { mainRows, type ReportData } from './report-data.js';

/** Plots that belong together. */
export interface PlotGroup {
  readonly id: string;
  readonly title: string;
  /** What there is to see. */
  readonly lead: string;
  readonly plots: readonly Plot[];
}

/** Histograms have a plot for each detector: of so many, the best. */
const mostHistograms = 3;

/** Surfaces have a plot for each outlier set that cells are chosen on: so many of each model. */
const mostSurfaces = 24;

/** Norms of layers have a plot, which may be long, for each outlier set: so many of each model. */
const mostLayered = 6;

/** Every plot of a finished run, in the order of the page. */
export function plotsOf(data: ReportData, results: RunResults): readonly PlotGroup[] {
  const { views } = data;
  const { analyses } = results;
  const each = (of: (view: ModelView) => readonly (Plot | null)[]): readonly Plot[] =>
    views.flatMap(of).filter((plot) => plot !== null);
  const surfaces = (view: ModelView) => {
    const main = results.selection.filter((row) => row.model === view.model);
    const seen = new Set<string>();
    return view.outliers.flatMap((name, place) => {
      const rows = analyses.surface.filter((row) => row.model === view.model && row.outlier === name);
      const pool = rows[0]?.selectedOn ?? name;
      // Sets that are chosen for on the same images have the same surface.
      if (seen.has(pool) || seen.size >= mostSurfaces) return [];
      seen.add(pool);
      const chosen = mainSelection(main.filter(({ outlier }) => outlier === name));
      return [surfacePlot(view, { name, place }, rows, chosen)];
    });
  };
  const groups: readonly PlotGroup[] = [
    {
      id: 'roc',
      title: 'ROC curves',
      lead: 'Of the five best detectors of each model; the points of all are in analyses/roc-curves.csv.',
      plots: each((view) => [rocPlot(view, analyses.rocCurves)]),
    },
    {
      id: 'ranks',
      title: 'Ranks',
      lead: ranksLead(analyses.ranks),
      plots: each((view) => [
        criticalDifferencePlot(view, analyses.ranks),
        criticalDifferencePlot(view, analyses.fullSpectrumRanks, fullSpectrum),
      ]),
    },
    {
      id: 'corruptions',
      title: 'Corruptions',
      lead: 'How well each corruption is told from clean images, by severity.',
      plots: each((view) => [corruptionPlot(view, corruptionFigures(data, results, view.model))]),
    },
    {
      id: 'scores',
      title: 'Scores',
      lead: 'What the best detectors give in-domain and out-of-domain images.',
      plots: each((view) =>
        view.shown
          .slice(0, mostHistograms)
          .map((name, place) => scoreHistogramPlot(view, { name, place }, analyses.scoreHistograms)),
      ),
    },
    {
      id: 'surfaces',
      title: 'Grid search',
      lead: 'What the choice of ε and T was made by, on validation images.',
      plots: each(surfaces),
    },
    {
      id: 'layers',
      title: 'Layers',
      lead: layersLead(views, analyses.layers),
      plots: each((view) =>
        view.outliers.slice(0, mostLayered).flatMap((name, place) => {
          const rows = analyses.layers.filter((row) => row.model === view.model && row.outlier === name);
          return rows.length === 0 ? [] : [layersPlot(view, { name, place }, rows)];
        }),
      ),
    },
    {
      id: 'calibration',
      title: 'Calibration',
      lead: 'Figure 1 of the paper: whether confidence says how often a network is right, and what T does to it.',
      plots: each((view) => calibrationPlots(view, analyses.calibration, analyses.reliability)),
    },
    {
      id: 'hard',
      title: 'Hard examples',
      lead: 'Figure 2 of the paper: what confidence can’t tell apart.',
      plots: each((view) => hardExamplePlots(view, analyses.histograms)),
    },
  ];
  // Of ranks the page says why there are none.
  return groups.filter(({ id, plots }) => plots.length > 0 || (id === 'ranks' && analyses.ranks.length > 0));
}

function layersLead(views: ReportData['views'], rows: RunResults['analyses']['layers']): string {
  const lead = 'Which layers G comes from, and which of them alone tell outliers from in-domain images.';
  const most = Math.max(0, ...views.map(({ outliers }) => outliers.length));
  const rest =
    most > mostLayered ? ` Of the first ${mostLayered} outlier sets; all are in analyses/layers.csv.` : '';
  return rows.length === 0 ? lead : `${lead}${rest}`;
}

function ranksLead(rows: RunResults['analyses']['ranks']): string {
  const lead =
    'Which detectors are the better ones over all outlier sets, and which ranks do not tell apart.';
  const without = rows.filter(({ averageRank }) => averageRank === null);
  const models = modelNamesOf(without).map(shownName);
  if (models.length === 0) return lead;
  const blocks = Math.max(...without.map((row) => row.blocks));
  const of = models.length === modelNamesOf(rows).length ? '' : ` of ${models.join(', ')}`;
  const none =
    `There is no diagram${of}, as of ${blocks} independent outlier ${blocks === 1 ? 'set' : 'sets'}, all corrupted ones being one, ranks would say too ` +
    `little; at least ${leastBlocks} are needed.`;
  return of === '' ? none : `${lead} ${none}`;
}

/** How fast the run was, of one that is not finished too; nothing where no journal was kept. */
export function throughputOf({ workers }: ReportData): readonly PlotGroup[] {
  const plot = throughputPlot(workers);
  if (plot === null) return [];
  const entries = workers.flatMap((worker) => worker.entries);
  const passes = entries.reduce((sum, entry) => sum + entry.images * entry.passes, 0);
  const seconds = entries.reduce((sum, { from, to }) => sum + (to - from), 0) / 1e3;
  const lead =
    `${entries.length} shards, ${passes.toLocaleString('en')} image passes in ${Math.round(seconds).toLocaleString('en')} seconds of ` +
    `${workers.length} workers: ${Math.round(passes / Math.max(seconds, 1e-3)).toLocaleString('en')} passes a second each. What was scored before a ` +
    'kill and thrown away is not counted.';
  return [{ id: 'throughput', title: 'Throughput', lead, plots: [plot] }];
}

function mainSelection(rows: RunResults['selection']): RunResults['selection'] {
  return rows.filter(({ detector, ablation }) => ablation === mainAblation(detector));
}

function corruptionFigures(
  { experiment }: ReportData,
  { metrics }: RunResults,
  model: string,
): readonly CorruptionFigure[] {
  const sets = new Map(experiment.outliers.map((set) => [set.name, set]));
  return mainRows(metrics).flatMap(({ model: of, outlier, detector, metric, value }) => {
    const { corruption, severity } = sets.get(outlier) ?? {};
    if (of !== model || metric !== 'auroc' || corruption === undefined || severity === undefined) return [];
    return [{ corruption, severity, detector, auroc: value }];
  });
}
