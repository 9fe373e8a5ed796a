import { type Corruption, perSeverity } from './corruption.js';
import { changeHsv } from './filters/hsv.js';
import { fromUnit, unitValues } from './levels.js';

/** What is added to the value of hue, saturation and value. */
const additions = perSeverity(0.1, 0.2, 0.3, 0.4, 0.5);

export const brightness: Corruption = {
  name: 'brightness',
  apply(pixels, severity) {
    const more = additions[severity];
    const values = unitValues(pixels);
    changeHsv(values, (saturation, value) => [saturation, Math.min(1, value + more)]);
    return fromUnit(values);
  },
};
