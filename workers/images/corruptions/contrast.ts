import { type Corruption, perSeverity } from './corruption.js';
import { fromUnit, unitValues } from './levels.js';

/** What is left of each channel's difference from its mean. */
const factors = perSeverity(0.4, 0.3, 0.2, 0.1, 0.05);

export const contrast: Corruption = {
  name: 'contrast',
  apply(pixels, severity) {
    const factor = factors[severity];
    const values = unitValues(pixels);
    const sums = [0, 0, 0];
    values.forEach((value, at) => {
      sums[at % 3] = (sums[at % 3] ?? 0) + value;
    });
    const means = sums.map((sum) => sum / (values.length / 3));
    return fromUnit(
      values.map((value, at) => {
        const mean = means[at % 3] ?? 0;
        return (value - mean) * factor + mean;
      }),
    );
  },
};
