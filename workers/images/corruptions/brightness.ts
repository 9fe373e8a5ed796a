import { type Corruption, perForm } from './corruption.js';
import { changeHsv } from './filters/hsv.js';
import { fromUnit, unitValues } from './levels.js';

/** What is added to the value of hue, saturation and value. */
const additionAt = perForm({
  'imagenet-c': [0.1, 0.2, 0.3, 0.4, 0.5],
  'cifar-10-c': [0.05, 0.1, 0.15, 0.2, 0.3],
});

export const brightness: Corruption = {
  name: 'brightness',
  apply(pixels, degree) {
    const more = additionAt(degree);
    const values = unitValues(pixels);
    changeHsv(values, (saturation, value) => [saturation, Math.min(1, value + more)]);
    return fromUnit(values, pixels);
  },
};
