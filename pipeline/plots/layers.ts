import type { LayerRow } from '../analyses/layer-rows.js';
import { classNames, colouredByClass, numeric } from './encoding.js';
import { fileNameOf, type Json, type Plot, type PlotRow } from './plot.js';
import type { ModelView } from './view.js';

/** Height of a layer's line, in pixels: its name can be read. */
const step = 14;

/** How both axes stand that show numbers. */
const gridded = { gridOpacity: 0.12, orient: 'top' };

/** The layers of one model by one outlier set, a line each from the first of the network to the last. */
export function layersPlot(
  { model, place }: Pick<ModelView, 'model' | 'place'>,
  outlier: { readonly name: string; readonly place: number },
  rows: readonly LayerRow[],
): Plot {
  const ordered = rows.toSorted((a, b) => a.place - b.place);
  const [first] = ordered;
  return {
    name: `layers-${fileNameOf(place, model)}-${fileNameOf(outlier.place, outlier.name)}`,
    title: `Norms by layer: ${model}, ${outlier.name}`,
    description:
      `The parts that ${ordered.length} layers have in G at ε = ${first?.epsilon ?? 0}, T = ${first?.temperature ?? 1}, from the first of the network ` +
      'down: left the logarithm of each part, quartiles and median of in-domain and of out-of-domain test images; right how well the layer’s ' +
      'part alone tells them apart, ROC-AUC with its 95 % interval, bars from chance on.',
    rows: ordered.flatMap(rowsOf),
    spec: { spacing: 12, hconcat: [quartilePanel(ordered), aurocPanel(ordered)] },
  };
}

/** A row for each kind of images; what separates the two stands in both. */
function rowsOf({
  place,
  layer,
  auroc,
  logitLow: low,
  logitHigh: high,
  ...row
}: LayerRow): readonly PlotRow[] {
  return classNames.map((images) => {
    const [lower, median, upper] =
      images === 'in-domain'
        ? [row.inDomainLower, row.inDomainMedian, row.inDomainUpper]
        : [row.outlierLower, row.outlierMedian, row.outlierUpper];
    return { place, layer, images, lower, median, upper, auroc, low, high };
  });
}

/** The logarithm of each layer's part of G: quartiles as a bar for each kind of images, with a tick at the median. */
function quartilePanel(ordered: readonly LayerRow[]): Json {
  const title = 'log of the layer’s part of G';
  return {
    width: 300,
    height: step * ordered.length,
    encoding: {
      y: layerChannel(ordered, { labelLimit: 320 }),
      yOffset: { field: 'images', type: 'nominal', sort: [...classNames] },
      color: colouredByClass,
    },
    layer: [
      {
        mark: { type: 'bar', opacity: 0.75, height: { band: 0.9 } },
        encoding: {
          x: numeric('lower', title, { scale: { zero: false }, axis: gridded }),
          x2: { field: 'upper' },
        },
      },
      {
        mark: { type: 'tick', thickness: 3 },
        encoding: { x: numeric('median', title), color: { value: '#111111' } },
      },
    ],
  };
}

/** How well each layer alone separates: a bar from chance on, with its interval. */
function aurocPanel(ordered: readonly LayerRow[]): Json {
  const title = 'ROC-AUC of the layer alone';
  const lowest = Math.min(0.45, ...ordered.map(({ auroc, logitLow }) => (logitLow ?? auroc) - 0.05));
  return {
    width: 200,
    height: step * ordered.length,
    // Both rows of a layer say it: it is drawn once.
    transform: [{ filter: `datum.images === '${classNames[0]}'` }],
    encoding: { y: layerChannel(ordered, { labels: false, ticks: false }) },
    layer: [
      {
        mark: { type: 'bar', color: '#168a5f', opacity: 0.8 },
        encoding: {
          x: numeric('auroc', title, {
            scale: { zero: false, domainMin: Math.max(0, lowest) },
            axis: gridded,
          }),
          x2: { datum: 0.5 },
        },
      },
      {
        mark: { type: 'rule', strokeWidth: 1.4 },
        encoding: { x: numeric('low', title), x2: { field: 'high' } },
      },
    ],
  };
}

/** A line for each layer, in the order of the network. */
function layerChannel(ordered: readonly LayerRow[], axis: Json): Json {
  const sort = ordered.map(({ layer }) => layer);
  return { field: 'layer', type: 'nominal', title: null, sort, scale: { paddingInner: 0.2 }, axis };
}
