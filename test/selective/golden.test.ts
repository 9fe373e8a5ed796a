import { readFileSync } from 'node:fs';
import test from 'ava';
import fc from 'fast-check';
import { drawResample } from '../../stages/metrics/draw-resample.js';
import { rank } from '../../stages/metrics/ranking.js';
import { AcceptanceSweeper } from '../../stages/selective/acceptance.js';
import { selectiveFigures } from '../../stages/selective/kinds/index.js';
import { evaluateSelective, resampleSelective } from '../../stages/selective/resample-selective.js';
import { rankOutcomes } from '../../stages/selective/selective-ranking.js';

type Figures = Readonly<Record<string, number>> | null;

interface Case {
  readonly name: string;
  readonly inDomain: readonly number[];
  readonly outlier: readonly number[];
  readonly predicted: readonly number[];
  readonly labels: readonly number[];
  readonly figures: Figures;
  readonly resamples: readonly { readonly rows: readonly number[]; readonly figures: Figures }[];
}

// Made by scripts/golden/selective.py.
const golden: { readonly cases: readonly Case[] } = JSON.parse(
  readFileSync(new URL('../../../test/selective/golden.json', import.meta.url), 'utf8'),
);
const tolerance = 1e-12;
const names = selectiveFigures.map(({ metric, failures }) => `${metric.name} ${failures}`);

const rankingOf = (one: Pick<Case, 'inDomain' | 'outlier' | 'predicted' | 'labels'>) =>
  rankOutcomes(
    rank(Float64Array.from(one.inDomain), Float64Array.from(one.outlier), 'test'),
    Int32Array.from(one.predicted),
    Int32Array.from(one.labels),
  );

for (const one of golden.cases)
  test(`risks and open-set rates equal NumPy's to 1e-12, and those of repeated rows: ${one.name}`, (t) => {
    const ranking = rankingOf(one);
    const compare = (found: ArrayLike<number>, expected: Figures, what: string): void => {
      t.is(names.length, Object.keys(expected ?? one.figures!).length);
      for (const [place, name] of names.entries()) {
        const right = expected?.[name] ?? Number.NaN;
        const value = found[place]!;
        t.true(
          Math.abs(value - right) <= tolerance || Object.is(value, right),
          `${what}: ${name} ${value}, ${right}`,
        );
      }
    };
    compare(evaluateSelective(ranking), one.figures, 'as they are');
    const sweeper = new AcceptanceSweeper(ranking.entries.length);
    for (const { rows, figures } of one.resamples) {
      const counts = new Uint16Array(ranking.entries.length);
      for (const row of rows) counts[row]! += 1;
      const risks = sweeper.sweep(ranking, { counts });
      const found = selectiveFigures.map(({ metric, failures }) => metric.value(risks, failures));
      compare(found, figures, rows.join());
    }
  });

const image = fc.record({
  score: fc.integer({ min: -3, max: 3 }),
  predicted: fc.integer({ min: 0, max: 2 }),
  label: fc.integer({ min: -1, max: 2 }),
});

test('figures are of the resamples that the curve metrics of the same key see, whoever computes which part', (t) => {
  fc.assert(
    fc.property(
      fc.array(image, { minLength: 1, maxLength: 9 }),
      fc.array(fc.integer({ min: -2, max: 4 }), { minLength: 1, maxLength: 9 }),
      (images, outlier) => {
        const inDomain = images.map(({ score }) => score);
        const ranking = rankOutcomes(
          rank(Float64Array.from(inDomain), Float64Array.from(outlier), 'test'),
          Int32Array.from(images, ({ predicted }) => predicted),
          Int32Array.from(images, ({ label }) => label),
        );
        const width = selectiveFigures.length;
        const [whole] = resampleSelective([ranking], [3, 4], 0, 5);
        const [part] = resampleSelective([ranking], [3, 4], 2, 4);
        t.deepEqual(part, whole!.slice(2 * width, 4 * width));
        const { counts } = drawResample(
          [3, 4],
          2,
          images.length,
          outlier.length,
          new Uint16Array(images.length + outlier.length),
        );
        const drawn = Array.from(counts, (times, row) => Array.from({ length: times }, () => row)).flat();
        const inside = drawn.filter((row) => row < images.length).map((row) => images[row]!);
        const repeated = rankOutcomes(
          rank(
            Float64Array.from(inside, ({ score }) => score),
            Float64Array.from(
              drawn.filter((row) => row >= images.length),
              (row) => outlier[row - images.length]!,
            ),
            'test',
          ),
          Int32Array.from(inside, ({ predicted }) => predicted),
          Int32Array.from(inside, ({ label }) => label),
        );
        t.deepEqual(evaluateSelective(repeated), part!.slice(0, width));
      },
    ),
  );
  t.pass();
});

test('as many predictions and labels are needed as there are in-domain images', (t) => {
  const ranking = rank(Float64Array.of(1, 2), Float64Array.of(3), 'test');
  t.throws(() => rankOutcomes(ranking, Int32Array.of(1), Int32Array.of(1, 2)), {
    message: /^1 predictions of 2 in-domain/,
  });
  t.throws(() => rankOutcomes(ranking, Int32Array.of(1, 2), Int32Array.of(1)), {
    message: /^1 labels of 2 in-domain/,
  });
});
