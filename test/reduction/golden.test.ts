import { readFileSync } from 'node:fs';
import test from 'ava';
import { reduceAccuracy, reducePair } from '../../pipeline/reduction/reduce-pair.js';
import { resampleHere } from '../../pipeline/reduction/resampler.js';
import { type MetricName, metricNames } from '../../stages/metrics/kinds/index.js';
import type { SplitScores } from '../../stages/metrics/split-scores.js';
import { type RenderedCell, renderMarkdown, writtenTables } from './rendered-table.js';

interface Images {
  readonly logOdds: readonly number[];
  readonly logSG: readonly number[];
}

interface Expected {
  /** The estimate with three decimals. */
  readonly printed: string;
  readonly deviation: number;
  readonly low: number;
  readonly high: number;
}

interface Golden {
  readonly resamples: number;
  readonly inDomain: Images;
  readonly outliers: readonly (Images & {
    readonly name: string;
    readonly expected: Readonly<Record<string, Readonly<Partial<Record<MetricName, Expected>>>>>;
  })[];
}

// Made by scripts/golden/tables.py.
const golden: Golden = JSON.parse(
  readFileSync(new URL('../../../test/reduction/golden.json', import.meta.url), 'utf8'),
);

function split(set: string, { logOdds, logSG }: Images): SplitScores {
  return {
    set,
    size: logOdds.length,
    labels: new Int32Array(logOdds.length).fill(-1),
    idAt: String,
    baseAt: (image) => `${set} ${image}`,
    failed: 0,
    at: () => ({
      predicted: new Int32Array(logOdds.length),
      maxLogit: new Float64Array(logOdds.length),
      logOdds: Float64Array.from(logOdds),
      logSG: Float64Array.from(logSG),
    }),
  };
}

const detectors = ['MSP', 'G'];
const inDomain = split('clean', golden.inDomain);
const reduced = golden.outliers.map(async (images) =>
  reducePair({
    model: 'm',
    inDomain,
    outlier: split(images.name, images),
    selection: [
      { detector: 'MSP', ablation: 'vanilla' as const },
      { detector: 'G', ablation: 'full' as const },
    ].map((chosen) => ({
      ...chosen,
      model: 'm',
      outlier: images.name,
      epsilon: 0,
      temperature: 1,
      validationAuroc: 1,
    })),
    seed: 5,
    resamplings: { deviation: golden.resamples, interval: golden.resamples },
    resampler: resampleHere,
  }),
);

async function tableOf(name: string): Promise<readonly (readonly (readonly RenderedCell[])[])[]> {
  const accuracy = reduceAccuracy({ model: 'm', role: 'in-domain', validation: inDomain, test: inDomain });
  const tables = writtenTables({
    metrics: (await Promise.all(reduced)).flat(),
    fullSpectrum: [],
    selection: [],
    accuracy: [accuracy],
    seed: 5,
    resamplings: { deviation: golden.resamples, interval: golden.resamples },
  });
  return renderMarkdown(tables.find((table) => table.name === name)!.markdown).tables;
}

/**
 * σ of n resamples scatters by 1/√(2n) of itself, an end of the 95 % interval by 2.7 σ/√n: four times that, for both
 * sides' draws, and half a printed digit.
 */
function agrees(estimate: string, interval: string, expected: Expected): boolean {
  const draws = Math.SQRT2 * 4;
  const [, deviation] = estimate.split(' ± ').map(Number);
  const [low, high] = interval.split(' – ').map(Number);
  const root = Math.sqrt(golden.resamples);
  const near = (found: number, right: number, scatter: number) =>
    Math.abs(found - right) <= draws * scatter + 0.0005;
  return (
    near(deviation!, expected.deviation, expected.deviation / (Math.SQRT2 * root)) &&
    near(low!, expected.low, (2.7 * expected.deviation) / root) &&
    near(high!, expected.high, (2.7 * expected.deviation) / root)
  );
}

test('table 4 shows scikit-learn’s metrics of S and G, and numpy’s deviations and intervals as near as draws allow', async (t) => {
  const tables = await tableOf('table-4');
  for (const [index, { name, expected }] of golden.outliers.entries()) {
    const [, ...rows] = tables[index]!;
    for (const [place, metric] of metricNames.entries()) {
      for (const [column, detector] of detectors.entries()) {
        const right = expected[detector]![metric];
        // A metric that the golden file does not have.
        if (right === undefined) continue;
        const estimate = rows[2 * place]![column + 1]!.text;
        const interval = rows[2 * place + 1]![column + 1]!.text;
        const what = `${name}, ${detector}, ${metric}: ${estimate}, ${interval}`;
        t.is(estimate.split(' ± ')[0], right.printed, what);
        t.true(agrees(estimate, interval, right), `${what} instead of ${JSON.stringify(right)}`);
      }
    }
  }
});

test('table 5 shows scikit-learn’s ROC-AUC of S and G, and the better of the two in bold', async (t) => {
  const [rows] = await tableOf('table-5');
  for (const [index, { expected }] of golden.outliers.entries()) {
    const [, , ...cells] = rows![1 + 2 * index]!;
    const printed = detectors.map((detector) => expected[detector]!.auroc!.printed);
    t.deepEqual(
      cells.map(({ text }) => text.split(' ± ')[0]),
      printed,
    );
    const best = Math.max(...printed.map(Number));
    t.deepEqual(
      cells.map(({ bold }) => bold),
      printed.map((value) => Number(value) === best),
    );
  }
});
