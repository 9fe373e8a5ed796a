import type { LayerRow } from '../analyses/layer-rows.js';
import { coloured, numeric } from './encoding.js';
import { fileNameOf, type Json, type Plot, type PlotRow } from './plot.js';
import { classColours } from './theme.js';
import type { ModelView } from './view.js';

const kinds = ['in-domain', 'out-of-domain'] as const;

/** Height of a layer's line, in pixels: its name can be read. */
const step = 14;

/** The layers of one model by one outlier set, a line each from the first of the network to the last. */
export function layersPlot(
  { model, place }: Pick<ModelView, 'model' | 'place'>,
  outlier: { readonly name: string; readonly place: number },
  rows: readonly LayerRow[],
): Plot {
  const ordered = rows.toSorted((a, b) => a.place - b.place);
  const [first] = ordered;
  const names = ordered.map(({ layer }) => layer);
  const y = (more: Readonly<Record<string, Json>> = {}): Json => ({
    ...{ field: 'layer', type: 'nominal', title: null, sort: names, scale: { paddingInner: 0.2 } },
    ...more,
  });
  const gridded = { gridOpacity: 0.12, orient: 'top' };
  const byKind = {
    yOffset: { field: 'images', type: 'nominal', sort: [...kinds] },
    color: coloured('images', 'Images', kinds, [classColours.inDomain, classColours.outlier]),
  };
  const part = 'log of the layer’s part of G';
  const alone = 'ROC-AUC of the layer alone';
  // What separates is drawn once a layer.
  const once: Json = [{ filter: `datum.images === '${kinds[0]}'` }];
  return {
    name: `layers-${fileNameOf(place, model)}-${fileNameOf(outlier.place, outlier.name)}`,
    title: `Norms by layer: ${model}, ${outlier.name}`,
    description:
      `The parts that ${ordered.length} layers have in G at ε = ${first?.epsilon ?? 0}, T = ${first?.temperature ?? 1}, from the first of the network ` +
      'down: left the logarithm of each part, quartiles and median of in-domain and of out-of-domain test images; right how well the layer’s ' +
      'part alone tells them apart, ROC-AUC with its 95 % interval, bars from chance on.',
    rows: ordered.flatMap((row): readonly PlotRow[] =>
      kinds.map((images) => {
        const [lower, median, upper] =
          images === 'in-domain'
            ? [row.inDomainLower, row.inDomainMedian, row.inDomainUpper]
            : [row.outlierLower, row.outlierMedian, row.outlierUpper];
        const { layer, auroc, logitLow, logitHigh } = row;
        return {
          place: row.place,
          layer,
          images,
          lower,
          median,
          upper,
          auroc,
          low: logitLow,
          high: logitHigh,
        };
      }),
    ),
    spec: {
      spacing: 12,
      hconcat: [
        {
          width: 300,
          height: step * names.length,
          encoding: { y: y({ axis: { labelLimit: 320 } }), ...byKind },
          layer: [
            {
              mark: { type: 'bar', opacity: 0.75, height: { band: 0.9 } },
              encoding: {
                x: numeric('lower', part, {
                  scale: { zero: false },
                  axis: gridded,
                }),
                x2: { field: 'upper' },
              },
            },
            {
              mark: { type: 'tick', thickness: 3 },
              encoding: { x: numeric('median', part), color: { value: '#111111' } },
            },
          ],
        },
        {
          width: 200,
          height: step * names.length,
          transform: once,
          encoding: { y: y({ axis: { labels: false, ticks: false } }) },
          layer: [
            {
              mark: { type: 'bar', color: '#168a5f', opacity: 0.8 },
              encoding: {
                x: numeric('auroc', alone, {
                  scale: {
                    zero: false,
                    domainMin: Math.max(
                      0,
                      Math.min(0.45, ...ordered.map(({ auroc, logitLow }) => (logitLow ?? auroc) - 0.05)),
                    ),
                  },
                  axis: gridded,
                }),
                x2: { datum: 0.5 },
              },
            },
            {
              mark: { type: 'rule', strokeWidth: 1.4 },
              encoding: { x: numeric('low', alone), x2: { field: 'high' } },
            },
          ],
        },
      ],
    },
  };
}
