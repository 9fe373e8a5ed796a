import { aurocError } from '../../stages/metrics/auroc-covariance.js';
import { clustersOf } from '../../stages/metrics/clusters.js';
import { logitInterval } from '../../stages/metrics/logit-interval.js';
import { placementsOf } from '../../stages/metrics/placements.js';
import { rank } from '../../stages/metrics/ranking.js';
import { quantile } from '../../stages/metrics/summary.js';
import { logS } from '../../stages/scores.js';
import { mainAblation } from '../reduction/results.js';
import type { SelectionRow } from '../selection/selection-rows.js';
import type { AnalysedSet, Analysis } from './analysis.js';
import { chosenForSet } from './chosen-scores.js';
import { type LayerRow, layerRows } from './layer-rows.js';

/** The detector whose cells norms of layers are told at: each is a part of it. */
const whole = 'G';

/** What each layer's part of G is of in-domain and outlier images, and how well it alone tells them apart. */
export const layers: Analysis<LayerRow> = {
  name: 'layers',
  rows: layerRows,
  isAsked: ({ layerNorms, detectors }) => layerNorms && detectors.includes(whole),
  reduce: async ({ subject, selection, inDomain, analysed }) => {
    const { name: outlier, role } = analysed.set;
    if (role !== 'outlier' || analysed.test.size === 0 || inDomain.test.size === 0) return [];
    const [row] = chosenForSet(selection, outlier, mainAblation).filter(({ detector }) => detector === whole);
    if (row === undefined) return [];
    const [inside, outside] = [await partsOfG(inDomain, row), await partsOfG(analysed, row)];
    if (inside === null || outside === null) return [];
    const clusters = clustersOf(inDomain.test, analysed.test);
    return inside.names.map((layer, nth): LayerRow => {
      const [known, found] = [inside.columns[nth] ?? none, outside.columns[nth] ?? none];
      const ranking = rank(finite(known), finite(found), `${layer} of ${subject.name} on ${outlier}`);
      const placements = placementsOf(ranking);
      const standardError = aurocError(placements, clusters);
      const interval = logitInterval(placements.auroc, standardError);
      const [inDomainQuartiles, outlierQuartiles] = [quartiles(known), quartiles(found)];
      return {
        ...{ model: subject.name, outlier, place: nth + 1, layer },
        ...{ epsilon: row.epsilon, temperature: row.temperature },
        inDomainImages: known.length,
        inDomainLower: inDomainQuartiles[0],
        inDomainMedian: inDomainQuartiles[1],
        inDomainUpper: inDomainQuartiles[2],
        outlierImages: found.length,
        outlierLower: outlierQuartiles[0],
        outlierMedian: outlierQuartiles[1],
        outlierUpper: outlierQuartiles[2],
        ...{ auroc: placements.auroc, standardError },
        ...{ logitLow: interval?.low ?? null, logitHigh: interval?.high ?? null },
      };
    });
  },
  // A line for each of a hundred layers is for plots.
  tables: () => [],
};

const none = new Float64Array();

/** log ‖∂ log S/∂θ_l‖² of each layer l, a column each; null where the shards don't have it. */
async function partsOfG(set: AnalysedSet, { epsilon, temperature }: SelectionRow) {
  const found = await set.layers({ epsilon, temperature });
  if (found === null) return null;
  const { names, logNorms } = found;
  const { logOdds } = set.test.at({ epsilon, temperature });
  const columns = names.map((_, nth) =>
    Float64Array.from(logOdds, (odds, image) => {
      return (logNorms[image * names.length + nth] ?? Number.NaN) - 2 * logS(odds);
    }),
  );
  return { names, columns };
}

/** A gradient of zero is smaller than any other: as a number that can be ranked. */
function finite(values: Float64Array): Float64Array {
  return values.map((value) => (value === Number.NEGATIVE_INFINITY ? -Number.MAX_VALUE : value));
}

/** Null each where a gradient of zero is met. */
function quartiles(values: Float64Array): readonly [number | null, number | null, number | null] {
  const sorted = values.toSorted();
  const at = (fraction: number) => {
    const value = quantile(sorted, fraction);
    return Number.isFinite(value) ? value : null;
  };
  return [at(0.25), at(0.5), at(0.75)];
}
