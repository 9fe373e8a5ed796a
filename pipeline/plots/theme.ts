import type { Json } from './plot.js';

/**
 * Colours of series, of which neighbours differ for who sees few colours (after Okabe and Ito, 2008), each with a contrast of at
 * least 3 : 1 to white and to the dark page.
 */
const seriesColours: readonly string[] = [
  '#0072b2',
  '#d55e00',
  '#168a5f',
  '#b5579b',
  '#8a7500',
  '#5b6fd6',
  '#c4464f',
  '#4f7f8f',
];

/** In-domain and out-of-domain images, wherever they are drawn. */
export const classColours = { inDomain: '#0072b2', outlier: '#d55e00' } as const;

/** Where a plot is shown: in a file of its own, on white, or in a page, whose colour of text it takes. */
export type PlotPlace = 'file' | 'page';

/** Vega-Lite's `config` for a place. */
export function themeFor(place: PlotPlace): Readonly<Record<string, Json>> {
  const text = place === 'page' ? 'currentColor' : '#1f2328';
  const font = 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif';
  const faint = { gridColor: text, gridOpacity: 0.12, domainOpacity: 0.5, tickOpacity: 0.5 };
  return {
    background: place === 'page' ? null : '#ffffff',
    font,
    aria: false,
    padding: 4,
    view: { stroke: null, continuousWidth: 220, continuousHeight: 180, discreteWidth: { step: 34 } },
    axis: {
      labelColor: text,
      titleColor: text,
      domainColor: text,
      tickColor: text,
      ...faint,
      titleFontWeight: 500,
    },
    legend: { labelColor: text, titleColor: text, titleFontWeight: 500, labelLimit: 240 },
    header: { labelColor: text, titleColor: text, labelFontWeight: 600, labelLimit: 220 },
    title: { color: text, fontWeight: 600, anchor: 'start' },
    text: { color: text },
    rule: { color: text },
    line: { strokeWidth: 1.6 },
    range: { category: [...seriesColours], heatmap: { scheme: 'viridis' }, ramp: { scheme: 'viridis' } },
  };
}
