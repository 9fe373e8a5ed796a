import test from 'ava';
import { scheme } from 'vega';
import { corruptionPlot } from '../../pipeline/plots/corruptions.js';
import { lined } from '../../pipeline/plots/encoding.js';
import { svgOf } from '../../pipeline/plots/render.js';
import { rocPlot } from '../../pipeline/plots/roc.js';

const view = {
  ...{ model: 'net', place: 0, titleOf: String, outliers: ['o'], sets: ['clean', 'o'] },
  shown: ['MSP', 'ODIN', 'ML', 'G', 'SG'],
};

test('five lines have five dashes, and a legend that shows them', async (t) => {
  const rows = view.shown.flatMap((detector) =>
    [0, 1].map((at) => ({
      ...{ model: 'net', outlier: 'o', detector, epsilon: 0, temperature: 1 },
      ...{ point: at, falsePositiveRate: at, truePositiveRate: at },
    })),
  );
  const { strokeDash } = lined('detector', 'Detector', view.shown) as {
    strokeDash: { scale: { range: number[][] } };
  };
  t.is(new Set(strokeDash.scale.range.map(String)).size, 5);
  const svg = await svgOf(rocPlot(view, rows)!);
  for (const dash of strokeDash.scale.range.slice(1))
    t.is(svg.split(`stroke-dasharray="${dash}"`).length - 1, 2, `${dash}: the line and its legend`);
});

const luminance = (colour: readonly number[]) =>
  colour
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
    .reduce((sum, part, at) => sum + part * [0.2126, 0.7152, 0.0722][at]!, 0);

const hexadecimal = (text: string) =>
  [1, 3, 5].map((at) => Number.parseInt(text.slice(at, at + 2), 16) / 255);

test('every figure upon a colour of corruptions can be read', async (t) => {
  const viridis = scheme('viridis') as unknown as (share: number) => string;
  for (let auroc = 0.3; auroc <= 1; auroc += 0.02) {
    const figures = [{ corruption: 'fog', severity: 1, detector: 'MSP', auroc }];
    const svg = await svgOf(corruptionPlot(view, figures)!);
    const cell = Math.min(1, Math.max(0, (auroc - 0.5) / 0.5));
    const written = svg.match(/fill="(#(?:111111|ffffff))">0\.\d\d</)?.[1] ?? 'none';
    const text = luminance(hexadecimal(written));
    const below = luminance(
      viridis(cell)
        .match(/\d+/g)!
        .map((part) => Number(part) / 255),
    );
    const contrast = (Math.max(text, below) + 0.05) / (Math.min(text, below) + 0.05);
    t.true(contrast >= 4, `${auroc}: ${written} on ${viridis(cell)}, ${contrast}`);
  }
});
