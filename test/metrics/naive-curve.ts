import type { ByMetric } from '../../stages/metrics/kinds/index.js';

/**
 * Every metric of repeated rows, by their definitions and without any cleverness: a list
 * of points, one for each distinct score. The order of sums is that of the product, so that bits can be compared.
 */
export function naiveMetrics(inDomain: readonly number[], outlier: readonly number[]): ByMetric<number> {
  const tally = (scores: readonly number[]): ReadonlyMap<number, number> => {
    const counts = new Map<number, number>();
    for (const score of scores) counts.set(score, (counts.get(score) ?? 0) + 1);
    return counts;
  };
  const [negatives, positives] = [tally(inDomain), tally(outlier)];
  const thresholds = [...new Set([...inDomain, ...outlier])].sort((a, b) => b - a);
  const points = [{ fp: 0, tp: 0 }];
  for (const threshold of thresholds) {
    const { fp, tp } = points.at(-1)!;
    points.push({ fp: fp + (negatives.get(threshold) ?? 0), tp: tp + (positives.get(threshold) ?? 0) });
  }

  let area = 0;
  let out = 0;
  let inside = 0;
  const precisionOut = ({ fp, tp }: { fp: number; tp: number }) => (fp + tp === 0 ? 1 : tp / (fp + tp));
  const precisionIn = ({ fp, tp }: { fp: number; tp: number }) => {
    const left = inDomain.length - fp;
    const rest = left + outlier.length - tp;
    return rest === 0 ? 1 : left / rest;
  };
  for (const [index, point] of points.slice(1).entries()) {
    const before = points[index]!;
    area += (point.fp - before.fp) * (before.tp + point.tp);
    out += (point.tp - before.tp) * (precisionOut(before) + precisionOut(point));
    inside += (point.fp - before.fp) * (precisionIn(before) + precisionIn(point));
  }

  // roc_curve's drop_intermediate: a point stays if it is the first after (0, 0), or the last, or a bend.
  const keptOf = (curve: typeof points) =>
    curve.slice(1).filter((point, index, all) => {
      const before = curve[index]!;
      const after = all[index + 1];
      if (index === 0 || after === undefined) return true;
      return point.fp - before.fp !== after.fp - point.fp || point.tp - before.tp !== after.tp - point.tp;
    });
  const kept = keptOf(points);
  const reached = kept.find(({ tp }) => tp / outlier.length >= 0.95)!;
  // In-domain rows positive: the curve from its other end.
  const fromBelow = points
    .map(({ fp, tp }) => ({ tp: inDomain.length - fp, fp: outlier.length - tp }))
    .reverse();
  const accepted = keptOf(fromBelow).find(({ tp }) => tp / inDomain.length >= 0.95)!;
  const gaps = points.map(({ fp, tp }) => tp * inDomain.length - fp * outlier.length);
  return {
    auroc: area / (2 * inDomain.length * outlier.length),
    fpr95: reached.fp / inDomain.length,
    'aupr-out': out / (2 * outlier.length),
    'aupr-in': inside / (2 * inDomain.length),
    'fpr95-in': accepted.fp / outlier.length,
    'detection-accuracy': 0.5 + Math.max(...gaps) / (2 * inDomain.length * outlier.length),
  };
}
