import { type Corruption, perSeverity } from './corruption.js';
import { zoomedIn } from './filters/zoom.js';
import { fromUnit, singleUnitValues } from './levels.js';

/** The enlargements that are averaged: from 1 up to the end, which rounding decides whether it is one of them. */
const zooms = perSeverity(
  steps(1.11, 0.01),
  steps(1.16, 0.01),
  steps(1.21, 0.02),
  steps(1.26, 0.02),
  steps(1.31, 0.03),
);

/** As NumPy counts from 1: how many there are, and by how much each differs from the first. */
function steps(end: number, step: number): readonly number[] {
  return Array.from({ length: Math.ceil((end - 1) / step) }, (_, at) => 1 + at * (1 + step - 1));
}

export const zoomBlur: Corruption = {
  name: 'zoom_blur',
  apply(pixels, severity) {
    const values = singleUnitValues(pixels);
    const sum = new Float32Array(values.length);
    for (const factor of zooms[severity]) {
      const zoomed = zoomedIn(values, factor);
      for (let at = 0; at < sum.length; at++) sum[at] = (sum[at] ?? 0) + (zoomed[at] ?? 0);
    }
    const count = zooms[severity].length + 1;
    return fromUnit(values.map((value, at) => Math.fround(value + (sum[at] ?? 0)) / count));
  },
};
