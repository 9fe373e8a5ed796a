import { shownName, type Table } from '../tables/table.js';
import { aurocTable } from './auroc-table.js';
import { detectorColumns } from './metric-table.js';
import type { Results } from './results.js';

/**
 * ROC-AUC of every detector where images count as in-domain although they look otherwise: the in-domain set and the
 * covariate-shifted sets are pooled (OpenOOD v1.5's full spectrum).
 * @returns null where there are no shifted sets
 */
export function fullSpectrumTable(results: Results): Table | null {
  const { fullSpectrum, fullSpectrumComparisons: comparisons = [], accuracy } = results;
  if (fullSpectrum.length === 0) return null;
  const inDomainRoles = ['in-domain', 'covariate-shifted'] as const;
  const pooled = accuracy.filter(({ role }) => inDomainRoles.some((one) => one === role));
  const names = [...new Set(pooled.map(({ set }) => shownName(set)))];
  const whole = { ...results, metrics: fullSpectrum, comparisons, inDomainRoles };
  const caption = `Full spectrum: Comparison of detectors, in-domain being ${names.join(' + ')}`;
  return aurocTable(whole, 'full-spectrum', caption, detectorColumns(whole), 'compared');
}
