import { holm } from '../../stages/comparisons/holm.js';
import { pairedTest } from '../../stages/comparisons/paired-test.js';
import { clustersOf } from '../../stages/metrics/clusters.js';
import { placementsOf } from '../../stages/metrics/placements.js';
import type { Analysis } from './analysis.js';
import { type ComparisonRow, comparisonRows } from './comparison-rows.js';
import { comparisonTable } from './comparisons-table.js';
import { rankedDetectors } from './ranked-detectors.js';

/** An adjusted p-value up to this tells two detectors apart. */
const level = 0.05;

/** Whether the best detector of a model and an outlier set is better than each other one. */
export const comparisons: Analysis<ComparisonRow> = {
  name: 'comparisons',
  rows: comparisonRows,
  isAsked: () => true,
  reduce: async (input) => {
    const { subject, inDomain, analysed } = input;
    const found = rankedDetectors(input).map(({ row, ranking }) => ({
      detector: row.detector,
      placements: placementsOf(ranking),
    }));
    const best = found.reduce<(typeof found)[number] | undefined>(
      (so, one) => (so === undefined || one.placements.auroc > so.placements.auroc ? one : so),
      undefined,
    );
    if (best === undefined) return [];
    const clusters = clustersOf(inDomain.test, analysed.test);
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
        inDomainImages: inDomain.test.size,
        outlierImages: analysed.test.size,
        photographs: clusters?.count ?? inDomain.test.size + analysed.test.size,
      };
    });
  },
  tables: comparisonTable,
};
