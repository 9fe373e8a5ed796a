import type { RankRow } from '../analyses/rank-rows.js';
import { inDomainAlone, type Spectrum } from '../analyses/spectrum.js';
import { numeric } from './encoding.js';
import { fileNameOf, type Json, type Plot, type PlotRow } from './plot.js';
import type { ModelView } from './view.js';

/** Units of height between two names, and between two bars. */
const nameStep = 1;
const barStep = 0.45;

/** Pixels of a unit of height. */
const unit = 19;

/**
 * The critical-difference diagram of Demšar (2006): detectors at their average ranks, the better half named on the left, with a
 * bar through those that are not told apart.
 * @returns null where there are no ranks, as of too few outlier sets
 */
export function criticalDifferencePlot(
  { model, place, titleOf }: ModelView,
  rows: readonly RankRow[],
  { suffix, of }: Pick<Spectrum, 'suffix' | 'of'> = inDomainAlone,
): Plot | null {
  const ranked = rows
    .filter((row) => row.model === model)
    .flatMap(({ averageRank, ...row }) => (averageRank === null ? [] : [{ ...row, averageRank }]))
    .sort((a, b) => a.averageRank - b.averageRank);
  const [first] = ranked;
  if (first === undefined || first.criticalDifference === null) return null;
  const { detectors, blocks, criticalDifference } = first;
  // Names stand beyond the ends of the axis; one that has rank 1 or the last has a line to its name all the same.
  const beyond = 0.03 * (detectors - 1);
  const ends = { left: 1 - beyond, right: detectors + beyond };
  const bars = cliquesIn(ranked);
  const names = (1 + bars.length) * barStep + 0.4;
  const half = Math.ceil(ranked.length / 2);
  const parts: PlotRow[] = [
    {
      ...{ part: 'difference', name: `critical difference ${criticalDifference.toFixed(2)}`, rank: null },
      ...{ from: 1, to: 1 + criticalDifference, height: -2.2 },
    },
    ...bars.map(({ from, to }, nth) => ({
      ...{ part: 'level', name: `not told apart ${nth + 1}`, rank: null, from, to },
      height: (nth + 1) * barStep,
    })),
    ...ranked.map(({ detector, averageRank }, nth) => {
      const isLeft = nth < half;
      const level = isLeft ? nth : ranked.length - 1 - nth;
      return {
        ...{ part: isLeft ? 'left' : 'right', name: titleOf(detector), rank: averageRank },
        from: isLeft ? ends.left : averageRank,
        to: isLeft ? averageRank : ends.right,
        height: names + level * nameStep,
      };
    }),
  ];
  const lowest = names + (half - 1) * nameStep + 0.6;
  return {
    name: `ranks${suffix}-${fileNameOf(place, model)}`,
    title: `Average ranks of detectors${of}: ${model}`,
    description:
      `Critical-difference diagram: average ranks of ${ranked.length} detectors by ROC-AUC over ${blocks} independent outlier sets, 1 ` +
      'being the best of every set. A bar goes through detectors that the test of Nemenyi (5 %) does not tell apart: whose ranks differ ' +
      `by at most ${criticalDifference.toFixed(2)}.`,
    rows: parts,
    spec: {
      width: 520,
      height: Math.round((lowest + 3) * unit),
      layer: layers(detectors, ends, lowest),
    },
  };
}

function layers(
  detectors: number,
  ends: { readonly left: number; readonly right: number },
  lowest: number,
): readonly Json[] {
  const y = numeric('height', null, {
    scale: { domain: [lowest, -3], nice: false, zero: false },
    axis: null,
  });
  const x = (field: string) =>
    numeric(field, null, {
      scale: { domain: [ends.left, ends.right], nice: false, zero: false },
      axis: null,
    });
  const only = (...parts: readonly string[]): Json => [{ filter: { field: 'part', oneOf: parts } }];
  const text = (align: string, dx: number) => ({ type: 'text', align, dx, baseline: 'middle', fontSize: 12 });
  const label = (part: string, align: string, dx: number, at: string): Json => ({
    transform: only(part),
    mark: text(align, dx),
    encoding: { x: x(at), y, text: { field: 'name', type: 'nominal' } },
  });
  const span = (parts: readonly string[], mark: Readonly<Record<string, Json>>): Json => ({
    transform: only(...parts),
    mark: { type: 'rule', ...mark },
    encoding: { x: x('from'), x2: { field: 'to' }, y },
  });
  const level = (height: number): Json => ({ datum: height, type: 'quantitative', axis: null });
  // The axis itself, with a tick at each whole rank.
  const ticks = Array.from({ length: detectors }, (_, nth) => nth + 1);
  const shownTicks = ticks.map((at) => ({ at, label: detectors <= 12 || at % 2 === 1 ? String(at) : '' }));
  const atTick = (more: Readonly<Record<string, Json>>): Json => ({ x: x('at'), ...more });
  return [
    {
      data: { values: [{ at: 1, to: detectors }] },
      mark: { type: 'rule', strokeWidth: 1.2 },
      encoding: atTick({ x2: { field: 'to' }, y: level(0) }),
    },
    {
      data: { values: shownTicks },
      mark: { type: 'rule', strokeWidth: 1.2 },
      encoding: atTick({ y: level(0), y2: { datum: -0.3 } }),
    },
    {
      data: { values: shownTicks },
      mark: { type: 'text', baseline: 'bottom', fontSize: 11 },
      encoding: atTick({ y: level(-0.4), text: { field: 'label', type: 'nominal' } }),
    },
    span(['left', 'right'], { strokeWidth: 1.2 }),
    {
      transform: only('left', 'right'),
      mark: { type: 'rule', strokeWidth: 1.2 },
      encoding: { x: x('rank'), y, y2: { datum: 0 } },
    },
    span(['level'], { strokeWidth: 5, strokeCap: 'round', opacity: 0.75 }),
    span(['difference'], { strokeWidth: 1.6 }),
    {
      transform: only('difference'),
      mark: { ...text('left', 0), baseline: 'bottom', dy: -4 },
      encoding: { x: x('from'), y, text: { field: 'name', type: 'nominal' } },
    },
    label('left', 'right', -5, 'from'),
    label('right', 'left', 5, 'to'),
  ];
}

/** The ends of the bars, from the best detectors on. @param ranked by rank */
function cliquesIn(
  ranked: readonly { readonly cliques: string | null; readonly averageRank: number }[],
): readonly { readonly from: number; readonly to: number }[] {
  const members = new Map<string, number[]>();
  for (const { cliques, averageRank } of ranked)
    for (const clique of (cliques ?? '').split(' ').filter((number) => number !== ''))
      members.set(clique, [...(members.get(clique) ?? []), averageRank]);
  return [...members.values()].map((ranks) => ({ from: Math.min(...ranks), to: Math.max(...ranks) }));
}
