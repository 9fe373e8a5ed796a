import { MetricError } from '../errors.js';
import { type Draws, drawerOf } from '../metrics/bootstrap.js';
import type { Resample } from '../metrics/draw-resample.js';
import { AcceptanceSweeper } from './acceptance.js';
import { selectiveFigures } from './kinds/index.js';
import type { SelectiveRanking } from './selective-ranking.js';

/** Every figure of the rows as they are, each counted once, in the order of `selectiveFigures`. */
export function evaluateSelective(ranking: SelectiveRanking): Float64Array {
  const rows = ranking.entries.length;
  return figuresOf(new AcceptanceSweeper(rows), ranking, { counts: new Uint16Array(rows).fill(1) });
}

/**
 * Every figure of the resamples `from` (included) to `to` (excluded) of a stream: the same as those of the curve metrics with the
 * same draws.
 * @param rankings of one mixture: equal numbers of rows of each class
 * @returns per ranking: [to − from, figures] row-major, columns in the order of `selectiveFigures`
 * @throws MetricError when the rankings differ in their rows
 */
export function resampleSelective(
  rankings: readonly SelectiveRanking[],
  draws: Draws,
  from: number,
  to: number,
): readonly Float64Array[] {
  const [first] = rankings;
  if (first === undefined) return [];
  const { inDomainRows, outlierRows } = first;
  if (rankings.some((one) => one.inDomainRows !== inDomainRows || one.outlierRows !== outlierRows))
    throw new MetricError('rankings of different images cannot share their resamples');
  const width = selectiveFigures.length;
  const tables = rankings.map((ranking) => ({ ranking, table: new Float64Array((to - from) * width) }));
  const sweeper = new AcceptanceSweeper(inDomainRows + outlierRows);
  const draw = drawerOf(draws, inDomainRows, outlierRows);
  for (let index = from; index < to; index++) {
    const resample = draw(index);
    for (const { ranking, table } of tables)
      table.set(figuresOf(sweeper, ranking, resample), (index - from) * width);
  }
  return tables.map(({ table }) => table);
}

function figuresOf(
  sweeper: AcceptanceSweeper,
  ranking: SelectiveRanking,
  resample: Pick<Resample, 'counts'>,
): Float64Array {
  const risks = sweeper.sweep(ranking, resample);
  // Outliers alone say nothing of right and wrong.
  if (risks.of('wrong').rows === 0) return new Float64Array(selectiveFigures.length).fill(Number.NaN);
  return Float64Array.from(selectiveFigures, ({ metric, failures }) => metric.value(risks, failures));
}
