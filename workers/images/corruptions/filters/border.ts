/** What lies beyond the ends of an axis. */
export type Border = 'nearest' | 'reflect' | 'reflect-101';

/**
 * The sample that a border has at an index beyond an axis: the last one (`nearest`), or the axis turned round at its end, with
 * the last sample twice (`reflect`) or once (`reflect-101`).
 */
export function borderIndex(index: number, length: number, border: Border): number {
  if (index >= 0 && index < length) return index;
  if (border === 'nearest') return index < 0 ? 0 : length - 1;
  if (length === 1) return 0;
  const period = border === 'reflect' ? 2 * length : 2 * length - 2;
  const inPeriod = ((index % period) + period) % period;
  if (inPeriod < length) return inPeriod;
  return border === 'reflect' ? period - 1 - inPeriod : period - inPeriod;
}
