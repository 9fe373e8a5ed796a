import { type Corruption, perSeverity } from './corruption.js';
import { changeHsv } from './filters/hsv.js';
import { fromUnit, unitValues } from './levels.js';

/** What saturation is multiplied by, and what is added to it. */
const settings = perSeverity(
  { factor: 0.3, more: 0 },
  { factor: 0.1, more: 0 },
  { factor: 2, more: 0 },
  { factor: 5, more: 0.1 },
  { factor: 20, more: 0.2 },
);

export const saturate: Corruption = {
  name: 'saturate',
  apply(pixels, severity) {
    const { factor, more } = settings[severity];
    const values = unitValues(pixels);
    changeHsv(values, (saturation, value) => [Math.min(1, saturation * factor + more), value]);
    return fromUnit(values);
  },
};
