import test from 'ava';
import { svgOf } from '../../pipeline/plots/render.js';

const plot = {
  name: 'plot',
  title: 'A run d="0.12345"',
  description: 'Of two sets',
  rows: [
    { set: 'o-0.98765', epsilon: 0.001, auroc: 0.712345 },
    { set: 'x="0.98764" d="0.98764"', epsilon: 0.0015, auroc: 0.812345 },
  ],
  spec: {
    mark: 'rect',
    encoding: {
      x: { field: 'epsilon', type: 'ordinal', title: 'ε in 0.0005' },
      y: { field: 'auroc', type: 'quantitative', scale: { domain: [0.7, 0.9] }, axis: { format: '.4f' } },
      color: { field: 'set', type: 'nominal' },
    },
  },
};

test('coordinates of a drawing are short, and what one reads in it is as it is', async (t) => {
  const svg = await svgOf(plot);
  const texts = [...svg.matchAll(/<text [^>]*>([^<]*)</g)].map(([, text]) => text);
  for (const text of [
    '0.001',
    '0.0015',
    'o-0.98765',
    'x="0.98764" d="0.98764"',
    'A run d="0.12345"',
    'ε in 0.0005',
    '0.7000',
  ])
    t.true(texts.includes(text), text);
  t.true(svg.includes(` aria-label="Title text 'A run d=&quot;0.12345&quot;'"`));
  const drawn = svg.replace(/ aria-label="[^"]*"|>[^<]*</g, '');
  for (const [, value = ''] of drawn.matchAll(/ (?:d|x|y|width|height|transform|viewBox)="([^"]*)"/g))
    t.notRegex(value, /\.\d{3}/);
});
