import { type Corruption, perForm } from './corruption.js';
import { fromUnit, unitValues } from './levels.js';

/** The share of samples that become black or white, as many of either. */
const shareAt = perForm({
  'imagenet-c': [0.03, 0.06, 0.09, 0.17, 0.27],
  'cifar-10-c': [0.01, 0.02, 0.03, 0.05, 0.07],
});

export const impulseNoise: Corruption = {
  name: 'impulse_noise',
  apply(pixels, degree, { draws }) {
    const share = shareAt(degree);
    const values = unitValues(pixels);
    const changes = draws.uniforms(values.length);
    const salts = draws.uniforms(values.length);
    return fromUnit(
      values.map((value, at) => ((changes[at] ?? 1) > share ? value : (salts[at] ?? 1) <= 0.5 ? 1 : 0)),
      pixels,
    );
  },
};
