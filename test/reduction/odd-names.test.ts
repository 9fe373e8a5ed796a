import test from 'ava';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { noAurocIntervals } from '../../pipeline/reduction/auroc-intervals.js';
import type { Results } from '../../pipeline/reduction/results.js';
import { metricNames } from '../../stages/metrics/kinds/index.js';
import { renderMarkdown, writtenTables } from './rendered-table.js';

function resultsOf(model: string, inDomain: string, outlier: string): Results {
  const counts = {
    labelled: 5,
    images: 5,
    failed: 0,
    validationFailed: 0,
    accuracyAmongOwn: null,
    ownClasses: null,
  };
  return {
    metrics: (['vanilla', 'only-epsilon', 'only-temperature', 'full'] as const).flatMap((ablation) =>
      metricNames.map((metric) => ({
        model,
        outlier,
        detector: 'G',
        ablation,
        epsilon: 0,
        temperature: 1,
        metric,
        value: 0.5,
        mean: 0.5,
        deviation: 0.1,
        low: 0.4,
        high: 0.6,
        inDomainImages: 5,
        outlierImages: 5,
        photographs: 10,
        ...noAurocIntervals,
      })),
    ),
    fullSpectrum: [],
    selection: [],
    accuracy: [
      { model, set: inDomain, role: 'in-domain', accuracy: 1, ...counts },
      { model, set: outlier, role: 'outlier', accuracy: null, ...counts },
    ],
    seed: 1,
    resamplings: { deviation: 10, interval: 20 },
  };
}

/** What a reader is to see of a name: white space as one space, what can't be seen as a mark, never nothing. */
function seen(name: string): string {
  const marked = name
    .replace(/\s+/gu, ' ')
    .trim()
    .replace(/\p{Cc}|\p{Cs}|[\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, '\ufffd');
  return marked === '' ? '""' : marked;
}

const oddNames = [
  'a|b',
  'a\\|b',
  'ends in a backslash\\',
  '\\\\||',
  'two\nlines\r\nor three',
  '*a* **b** _c_ __d__ ~~e~~ `f`',
  'snake_case_name and _edges_',
  '<script>alert(1)</script>',
  '&lt;b&gt; &amp;',
  '[text](https://example.org) ![image](x.png)',
  '# heading',
  '- item',
  '1. item',
  '> quote',
  '---',
  '| :--- |',
  '\u001b[31mred\u001b[0m',
  '\u202egnirts',
  'tab\tand\u0000nul',
  '画像 ‒ é',
  ' ',
  '',
  'x'.repeat(5000),
];

const piece = fc.constantFrom(
  ...'|\\*_~`<>&[]()!#-+.:="\' \nab1é画'.split(''),
  '\r\n',
  '<br>',
  '&copy;',
  '://',
);
const oddName = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.array(piece).map((pieces) => pieces.join('')),
);

function checkNames(
  t: { is: <T>(found: T, expected: T, message?: string) => boolean },
  results: Results,
): void {
  const [model, inDomain] = [results.accuracy[0]!.model, results.accuracy[0]!.set];
  const outlier = results.accuracy[1]!.set;
  for (const { name, markdown, csv } of writtenTables(results)) {
    const { tables, paragraphs, otherBlocks } = renderMarkdown(markdown);
    t.is(otherBlocks.join(), '', name);
    t.is(tables.length, 1, name);
    const cells = tables.flat(2);
    t.is(cells.filter((cell) => cell.otherMarkup).length, 0, name);
    t.is(paragraphs.filter((line) => line.bold || line.otherMarkup).length, 0, name);
    const [header, first] = tables[0]!;
    if (name === 'table-3') {
      t.is(first![0]!.text, seen(model));
      t.is(header![1]!.text, `${seen(inDomain)} (in-domain)`);
      t.is(header![2]!.text, seen(outlier));
    } else if (name === 'table-4' || name === 'further-metrics') {
      t.is(paragraphs[1]!.text, `Model ${seen(model)}, ${seen(inDomain)} vs ${seen(outlier)}:`);
    } else {
      t.is(first![0]!.text, seen(model));
      t.is(first![1]!.text, seen(outlier));
    }
    t.is(
      paragraphs.at(-1)!.text.includes(`: ${seen(inDomain)} 0 + 0, ${seen(outlier)} 0 + 0.\nSeed 1.`),
      true,
    );
    for (const record of parse(csv, { columns: true, record_delimiter: '\n' }) as Record<string, string>[]) {
      t.is(record.model, model);
      t.is('set' in record ? [inDomain, outlier].includes(record.set!) : record.outlier === outlier, true);
    }
  }
}

for (const name of oddNames) {
  const title = JSON.stringify(name.slice(0, 60)).replace(/[\u0080-\uffff]/g, (unit) => {
    return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
  test(`a model and sets of this name are shown as they are: ${title}`, (t) => {
    checkNames(t, resultsOf(name, `${name}1`, name));
  });
}

test('no name is markup or breaks a table, a line or a CSV file', (t) => {
  fc.assert(
    fc.property(oddName, oddName, oddName, (model, inDomain, outlier) => {
      fc.pre(inDomain !== outlier);
      checkNames(t, resultsOf(model, inDomain, outlier));
    }),
    { numRuns: 300 },
  );
  t.pass();
});

test('a long name does not push the other rows off the screen', (t) => {
  const short = resultsOf('m', 'clean', 'O');
  const long = resultsOf('x'.repeat(5000), 'clean', 'O');
  const both = {
    ...short,
    metrics: [...short.metrics, ...long.metrics],
    accuracy: [...short.accuracy, ...long.accuracy],
  };
  for (const { name, markdown } of writtenTables(both)) {
    const lines = markdown.split('\n').filter((line) => line.startsWith('| m '));
    t.true(
      lines.every((line) => line.length < 120),
      name,
    );
  }
});
