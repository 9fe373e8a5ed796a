import test from 'ava';
import type { CalibrationRow } from '../../pipeline/analyses/calibration-rows.js';
import { ecePlot } from '../../pipeline/plots/calibration.js';

const view = { model: 'net', place: 0, titleOf: String, outliers: ['o'], sets: ['clean', 'o'], shown: [] };

/** By T: of the in-domain set its error, of an outlier set its ROC-AUC by S. */
function rows(errors: readonly number[], aurocs: readonly (number | null)[]): readonly CalibrationRow[] {
  const row = (set: string, role: CalibrationRow['role'], temperature: number) => ({
    ...{ model: 'net', set, role, temperature, validationImages: 9, validationEce: null },
    ...{ validationAurocS: null, validationAurocG: null, validationAurocSG: null },
    ...{ images: 9, accuracy: null, confidence: null, ece: null, slope: null, intercept: null },
  });
  return [
    ...errors.map((ece, nth) => ({ ...row('clean', 'in-domain', nth + 1), ece })),
    ...aurocs.map((auroc, nth) => ({ ...row('o', 'outlier', nth + 1), validationAurocS: auroc })),
  ];
}

const said = (errors: readonly number[], aurocs: readonly (number | null)[]) =>
  ecePlot(view, rows(errors, aurocs))?.description.replace(/^.*images\)\. /, '');

test('the caption of calibration errors says where they are smallest, and where ROC-AUC is largest', (t) => {
  t.is(
    said([0.3, 0.1, 0.2], [0.7, 0.8, 0.9]),
    'The smallest error is at T = 2 (clean); the largest ROC-AUC of S on validation images at T = 3 (o).',
  );
  t.is(
    said([0.3, 0.1, 0.2], [0.7, 0.9, 0.8]),
    'The smallest error is at T = 2 (clean); the largest ROC-AUC of S on validation images at T = 2 (o).',
  );
  t.regex(said([0.3, 0.1, 0.1], [0.7, 0.7, 0.7]) ?? '', /at T = 2 and 3 \(clean\);.* at any T \(o\)\.$/);
  t.is(said([0.1], [null]), 'The smallest error is at T = 1 (clean).');
});
