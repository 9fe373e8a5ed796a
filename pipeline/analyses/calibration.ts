import { calibrationError } from '../../stages/calibration/reliability.js';
import { trendOf } from '../../stages/calibration/trend.js';
import type { Detector } from '../../stages/detectors/detector.js';
import { detectorValues } from '../../stages/detectors/detector-values.js';
import { g } from '../../stages/detectors/g.js';
import { detectorNamed } from '../../stages/detectors/index.js';
import { msp } from '../../stages/detectors/msp.js';
import { searchPasses } from '../../stages/detectors/plan-passes.js';
import { sg } from '../../stages/detectors/sg.js';
import { aurocAgainst } from '../../stages/metrics/auroc-against.js';
import { requireScores } from '../../stages/metrics/ranking.js';
import { sortScores } from '../../stages/metrics/sorted-scores.js';
import type { SplitScores } from '../../stages/metrics/split-scores.js';
import type { PlannedExperiment } from '../experiment/experiment.js';
import { plainTemperatures } from '../experiment/grid.js';
import type { Subject } from '../waves/subjects.js';
import type { Analysis } from './analysis.js';
import { eceAt, labelledImages, reliabilityAt } from './calibrated-split.js';
import { type CalibrationRow, calibrationRows } from './calibration-rows.js';
import { calibrationTable } from './calibration-table.js';
import { hasConfidence } from './has-confidence.js';

/** Calibration as a function of T beside ROC-AUC as a function of T (section 4.1), for labelled sets and for outlier sets. */
export const calibration: Analysis<CalibrationRow> = {
  name: 'calibration',
  rows: calibrationRows,
  isAsked: () => true,
  reduce: async ({ experiment, subject, inDomain, analysed }) => {
    const { set, test } = analysed;
    const isOutlier = set.role === 'outlier';
    const images = labelledImages(test);
    if (!hasConfidence(experiment, subject) || (images === 0 && !isOutlier) || set.role === 'validation')
      return [];
    const validation = await analysed.validation();
    const known = isOutlier ? await inDomain.validation() : null;
    const scored = scoredTemperatures(experiment, subject);
    const validationImages = labelledImages(validation);
    return plainTemperatures(experiment.grid).map((temperature) => ({
      ...{ model: subject.name, set: set.name, role: set.role, temperature, validationImages },
      validationEce: scored.has(temperature) ? eceAt(validation, temperature) : null,
      ...aurocsAt(temperature, scored.get(temperature) ?? [], known, validation),
      images,
      ...calibrationOf(test, temperature),
    }));
  },
  tables: calibrationTable,
};

/** Which of S, G and SG validation images have at ε = 0, by temperature. */
function scoredTemperatures(
  { grid, logits = false }: PlannedExperiment,
  subject: Subject,
): ReadonlyMap<number, readonly Detector[]> {
  // As they were searched: a fitted temperature is none of the grid's.
  const passes = searchPasses(
    subject.detectors.map(({ name }) => detectorNamed(name)),
    grid,
  );
  const there = new Map<number, readonly Detector[]>();
  // The logits at ε = 0 give S at any; where only what detectors read of them is kept, the same forward pass has S at all.
  if (logits !== false) for (const temperature of plainTemperatures(grid)) there.set(temperature, [msp]);
  for (const temperature of passes.forwardTemperatures) there.set(temperature, [msp]);
  for (const { epsilon, temperature } of passes.cells)
    if (epsilon === 0) there.set(temperature, [msp, g, sg]);
  return there;
}

function aurocsAt(
  temperature: number,
  there: readonly Detector[],
  inDomain: SplitScores | null,
  outlier: SplitScores,
): Pick<CalibrationRow, 'validationAurocS' | 'validationAurocG' | 'validationAurocSG'> {
  const cell = { epsilon: 0, temperature };
  const aurocBy = (detector: Detector): number | null => {
    if (inDomain === null || !there.includes(detector)) return null;
    const valuesOf = (split: SplitScores): Float64Array => {
      const values = detectorValues(detector, split.at(cell), cell);
      requireScores(values, `${detector.name} at ε=0, T=${temperature} on validation`, split.set);
      return values;
    };
    return aurocAgainst(sortScores(valuesOf(inDomain)), valuesOf(outlier));
  };
  return {
    validationAurocS: aurocBy(msp),
    validationAurocG: aurocBy(g),
    validationAurocSG: aurocBy(sg),
  };
}

function calibrationOf(
  split: SplitScores,
  temperature: number,
): Pick<CalibrationRow, 'accuracy' | 'confidence' | 'ece' | 'slope' | 'intercept'> {
  const bins = reliabilityAt(split, temperature);
  if (bins.length === 0) return { accuracy: null, confidence: null, ece: null, slope: null, intercept: null };
  const all = bins.reduce((sum, { images }) => sum + images, 0);
  const meanOf = (key: 'accuracy' | 'confidence'): number =>
    bins.reduce((sum, bin) => sum + bin.images * bin[key], 0) / all;
  const trend = trendOf(bins);
  return {
    accuracy: meanOf('accuracy'),
    confidence: meanOf('confidence'),
    ece: calibrationError(bins),
    slope: trend?.slope ?? null,
    intercept: trend?.intercept ?? null,
  };
}
