import { type Corruption, perSeverity } from './corruption.js';
import { fromUnit, unitValues } from './levels.js';

/** The share of samples that become black or white, as many of either. */
const shares = perSeverity(0.03, 0.06, 0.09, 0.17, 0.27);

export const impulseNoise: Corruption = {
  name: 'impulse_noise',
  apply(pixels, severity, { draws }) {
    const share = shares[severity];
    const values = unitValues(pixels);
    const changes = draws.uniforms(values.length);
    const salts = draws.uniforms(values.length);
    return fromUnit(
      values.map((value, at) => ((changes[at] ?? 1) > share ? value : (salts[at] ?? 1) <= 0.5 ? 1 : 0)),
    );
  },
};
