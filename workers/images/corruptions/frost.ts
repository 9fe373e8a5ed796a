import type { CorruptionForm } from '../../../manifests/imagenet/corruptions.js';
import { type Corruption, perForm, sideOf } from './corruption.js';

/** How much of the image and of the frost there is. */
const sharesAt = perForm({
  'imagenet-c': [
    { image: 1, frost: 0.4 },
    { image: 0.8, frost: 0.6 },
    { image: 0.7, frost: 0.7 },
    { image: 0.65, frost: 0.7 },
    { image: 0.6, frost: 0.75 },
  ],
  'cifar-10-c': [
    { image: 1, frost: 0.2 },
    { image: 1, frost: 0.3 },
    { image: 0.9, frost: 0.4 },
    { image: 0.85, frost: 0.4 },
    { image: 0.75, frost: 0.45 },
  ],
});

/**
 * Of how many pixels of a photograph a pixel of frost is the middle one: CIFAR-10-C makes photographs a fifth as large by straight
 * lines between pixels, and places that fall on pixels take theirs.
 */
const strides: Readonly<Record<CorruptionForm, number>> = { 'imagenet-c': 1, 'cifar-10-c': 5 };

/** Pixels of a side that a photograph must have at least, and those of the part that is drawn. */
export function frostSides(form: CorruptionForm): { readonly least: number; readonly part: number } {
  const [side, stride] = [sideOf(form), strides[form]];
  return { least: stride * (side + 1) - (stride - 1) / 2, part: stride * side };
}

export const frost: Corruption = {
  name: 'frost',
  apply(pixels, degree, { draws, textures }) {
    const share = sharesAt(degree);
    const [which = 0, down = 0, right = 0] = draws.uniforms(3);
    const texture = textures[Math.floor(which * textures.length)];
    if (texture === undefined) throw new TypeError('frost needs its textures');
    const { width: side } = pixels;
    const stride = strides[degree.form];
    const middle = (stride - 1) / 2;
    const placesOf = (length: number): number => Math.floor((length + middle) / stride) - side;
    const top = Math.floor(down * placesOf(texture.height));
    const left = Math.floor(right * placesOf(texture.width));
    const data = new Uint8Array(pixels.data.length);
    for (let at = 0; at < data.length; at++) {
      const pixel = Math.floor(at / 3);
      const y = stride * (top + Math.floor(pixel / side)) + middle;
      const x = stride * (left + (pixel % side)) + middle;
      const ice = texture.data[3 * (y * texture.width + x) + (at % 3)] ?? 0;
      data[at] = Math.min(255, share.image * (pixels.data[at] ?? 0) + share.frost * ice);
    }
    return { ...pixels, data };
  },
};
