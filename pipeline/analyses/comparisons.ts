import { holm } from '../../stages/comparisons/holm.js';
import { pairedTest } from '../../stages/comparisons/paired-test.js';
import { clustersOf } from '../../stages/metrics/clusters.js';
import { placementsOf } from '../../stages/metrics/placements.js';
import type { SplitScores } from '../../stages/metrics/split-scores.js';
import type { RowType } from '../../workers/arrow/row-type.js';
import type { Analysis, AnalysisInput } from './analysis.js';
import { type ComparisonRow, comparisonRows, fullSpectrumComparisonRows } from './comparison-rows.js';
import { comparisonTable } from './comparisons-table.js';
import { rankedDetectors } from './ranked-detectors.js';
import { fullSpectrum, inDomainAlone, type Spectrum } from './spectrum.js';

/** An adjusted p-value up to this tells two detectors apart. */
const level = 0.05;

/** Whether the best detector of a model and an outlier set is better than each other one. */
export const comparisons = comparisonsIn(inDomainAlone, comparisonRows);

/** The same where covariate-shifted sets are in-domain too. */
export const fullSpectrumComparisons = comparisonsIn(fullSpectrum, fullSpectrumComparisonRows);

function comparisonsIn(spectrum: Spectrum, rows: RowType<ComparisonRow>): Analysis<ComparisonRow> {
  return {
    name: `comparisons${spectrum.suffix}`,
    rows,
    isAsked: spectrum.isAsked,
    reduce: async (input) => comparisonsOf(input, spectrum.known(input)),
    tables: (found) => comparisonTable(found, spectrum),
  };
}

function comparisonsOf(input: AnalysisInput, known: SplitScores | null): readonly ComparisonRow[] {
  const { subject, analysed } = input;
  if (known === null) return [];
  const found = rankedDetectors(input, known).map(({ row, ranking }) => ({
    detector: row.detector,
    placements: placementsOf(ranking),
  }));
  const best = found.reduce<(typeof found)[number] | undefined>(
    (so, one) => (so === undefined || one.placements.auroc > so.placements.auroc ? one : so),
    undefined,
  );
  if (best === undefined) return [];
  const clusters = clustersOf(known, analysed.test);
  const others = found.filter((one) => one !== best);
  const tests = others.map(({ placements }) => pairedTest(best.placements, placements, clusters));
  const adjusted = holm(tests.map(({ p }) => p));
  return others.map(({ detector, placements }, nth): ComparisonRow => {
    const { difference = 0, error = null, z = null, p = null } = tests[nth] ?? {};
    const adjustedP = adjusted[nth] ?? null;
    return {
      model: subject.name,
      outlier: analysed.set.name,
      best: best.detector,
      detector,
      bestAuroc: best.placements.auroc,
      auroc: placements.auroc,
      difference,
      standardError: error,
      z,
      p,
      adjustedP,
      verdict: adjustedP === null ? 'untested' : adjustedP <= level ? 'worse' : 'level',
      inDomainImages: known.size,
      outlierImages: analysed.test.size,
      photographs: clusters?.count ?? known.size + analysed.test.size,
    };
  });
}
