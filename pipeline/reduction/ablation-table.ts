import type { Ablation } from '../../stages/cells.js';
import type { Detector } from '../../stages/detectors/detector.js';
import type { Table } from '../tables/table.js';
import { aurocTable } from './auroc-table.js';
import { detectorNamesOf, type Results } from './results.js';

/**
 * Tables 6 and 7, and those of other detectors: what perturbation and temperature bring to a detector, ROC-AUC.
 * @returns null where the detector has no such table, or the results lack the detector
 */
export function ablationTable(results: Results, detector: Detector): Table | null {
  const { name, ablations, title, ablationTable: table } = detector;
  if (table === null || !detectorNamesOf(results.metrics).includes(name)) return null;
  const columns = ablations.map((ablation) => ({
    heading: heading(name, ablation),
    key: ablation,
    detector: name,
    ablation,
  }));
  const number = /^table-(\d+)$/.exec(table)?.[1];
  const caption = `${number === undefined ? '' : `Table ${number}: `}Ablation study for the ${title}`;
  return aurocTable(results, table, caption, columns);
}

function heading(detector: string, ablation: Ablation): string {
  switch (ablation) {
    case 'vanilla':
      return `${detector}-vanilla`;
    case 'only-epsilon':
      return `${detector}-(only ε)`;
    case 'only-temperature':
      return `${detector}-(only T)`;
    case 'full':
      return detector;
  }
}
