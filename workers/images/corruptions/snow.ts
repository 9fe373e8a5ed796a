import { type Corruption, perSeverity, SIDE } from './corruption.js';
import { motionBlurred } from './filters/motion.js';
import { zoomedIn } from './filters/zoom.js';
import { fromUnit, singleUnitValues } from './levels.js';

const settings = perSeverity(
  { mean: 0.1, deviation: 0.3, zoom: 3, threshold: 0.5, radius: 10, sigma: 4, kept: 0.8 },
  { mean: 0.2, deviation: 0.3, zoom: 2, threshold: 0.5, radius: 12, sigma: 4, kept: 0.7 },
  { mean: 0.55, deviation: 0.3, zoom: 4, threshold: 0.9, radius: 12, sigma: 8, kept: 0.7 },
  { mean: 0.55, deviation: 0.3, zoom: 4.5, threshold: 0.85, radius: 12, sigma: 8, kept: 0.65 },
  { mean: 0.55, deviation: 0.3, zoom: 2.5, threshold: 0.85, radius: 12, sigma: 12, kept: 0.55 },
);

export const snow: Corruption = {
  name: 'snow',
  apply(pixels, severity, { draws }) {
    const { mean, deviation, zoom, threshold, radius, sigma, kept } = settings[severity];
    const noise = draws.normals(SIDE * SIDE).map((normal) => mean + deviation * normal);
    const flakes = new Uint8Array(
      zoomedIn(noise, zoom).map((value) => (value < threshold ? 0 : 255 * Math.min(1, Math.max(0, value)))),
    );
    const [turn = 0] = draws.uniforms(1);
    const fallen = motionBlurred(flakes, { radius, sigma, angle: -135 + 90 * turn });
    const whitened = paler(singleUnitValues(pixels), kept);
    const last = fallen.length - 1;
    return fromUnit(
      new Float64Array(whitened).map((value, at) => {
        const pixel = Math.floor(at / 3);
        // The flakes once more, turned upside down.
        return value + (fallen[pixel] ?? 0) / 255 + (fallen[last - pixel] ?? 0) / 255;
      }),
    );
  },
};

/** Mixes an image with one that is white where the image is light, in single precision. */
function paler(values: Float32Array, kept: number): Float32Array {
  const { fround } = Math;
  const [own, other] = [fround(kept), fround(1 - kept)];
  const [red, green, blue] = [fround(0.299), fround(0.587), fround(0.114)];
  const result = new Float32Array(values.length);
  for (let at = 0; at < values.length; at += 3) {
    const grey = fround(
      (values[at] ?? 0) * red + (values[at + 1] ?? 0) * green + (values[at + 2] ?? 0) * blue,
    );
    const light = fround(fround(grey * 1.5) + 0.5);
    for (let channel = at; channel < at + 3; channel++) {
      const value = values[channel] ?? 0;
      result[channel] = fround(own * value) + fround(other * Math.max(value, light));
    }
  }
  return result;
}
