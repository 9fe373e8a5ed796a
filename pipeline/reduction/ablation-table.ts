import type { Ablation } from '../../stages/cells.js';
import { detectorNamed } from '../../stages/detectors/index.js';
import { aurocTable } from './auroc-table.js';
import { detectorNamesOf, type RenderedTable, type Results } from './results.js';

/**
 * Tables 6 and 7: what perturbation and temperature bring to a detector, ROC-AUC.
 * @param name of the table
 * @param detector `G` or `SG`
 * @returns null where the results have no such detector
 */
export function ablationTable(results: Results, name: string, detector: string): RenderedTable | null {
  if (!detectorNamesOf(results.metrics).includes(detector)) return null;
  const { ablations, title } = detectorNamed(detector);
  const columns = ablations.map((ablation) => ({
    heading: heading(detector, ablation),
    csvName: ablation,
    detector,
    ablation,
  }));
  const number = name.replace('table-', '');
  return aurocTable(results, name, `Table ${number}: Ablation study for the ${title}`, columns);
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
