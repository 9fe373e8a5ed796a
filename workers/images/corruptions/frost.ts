import { type Corruption, perSeverity, SIDE } from './corruption.js';

/** How much of the image and of the frost there is. */
const shares = perSeverity(
  { image: 1, frost: 0.4 },
  { image: 0.8, frost: 0.6 },
  { image: 0.7, frost: 0.7 },
  { image: 0.65, frost: 0.7 },
  { image: 0.6, frost: 0.75 },
);

export const frost: Corruption = {
  name: 'frost',
  apply(pixels, severity, { draws, textures }) {
    const share = shares[severity];
    const [which = 0, down = 0, right = 0] = draws.uniforms(3);
    const texture = textures[Math.floor(which * textures.length)];
    if (texture === undefined) throw new TypeError('frost needs its textures');
    const top = Math.floor(down * (texture.height - SIDE));
    const left = Math.floor(right * (texture.width - SIDE));
    const data = new Uint8Array(pixels.data.length);
    for (let at = 0; at < data.length; at++) {
      const [row, column] = [Math.floor(at / (3 * SIDE)), at % (3 * SIDE)];
      const ice = texture.data[3 * ((top + row) * texture.width + left) + column] ?? 0;
      data[at] = Math.min(255, share.image * (pixels.data[at] ?? 0) + share.frost * ice);
    }
    return { ...pixels, data };
  },
};
