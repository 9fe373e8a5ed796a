import { imageSide } from './canvas.js';
import type { ByteImage } from './image.js';
import type { Random } from './random.js';

// Severity 5 of CIFAR-10-C (Hendrycks and Dietterich): blur, displacement and iterations for 32 × 32 images.
const sigma = 0.4;
const displacement = 1;
const iterations = 2;

/**
 * Frosted glass blur of severity 5, as CIFAR-10-C applies it to 32 × 32 images: Gaussian blur, each pixel
 * displaced by at most a step up and a step left, twice over, and Gaussian blur again. Beside the corruption that a set may ask
 * for (`workers/images/corruptions/glass-blur.ts`), since C's images are files that were drawn by this: a test holds the two together.
 */
export function glassBlur(image: ByteImage, random: Random): ByteImage {
  const pixels = gaussianBlur(image);
  for (let round = 0; round < iterations; round++) {
    for (let y = imageSide - displacement; y > displacement; y--) {
      for (let x = imageSide - displacement; x > displacement; x--) {
        // NumPy's randint leaves its upper bound out: displacements are -1 or 0, so the border is never crossed.
        const fromX = x + random.integer(-displacement, displacement - 1);
        const fromY = y + random.integer(-displacement, displacement - 1);
        // The original means to swap the two, but its right-hand side are views of one array: it copies.
        const from = (fromY * imageSide + fromX) * 3;
        pixels.copyWithin((y * imageSide + x) * 3, from, from + 3);
      }
    }
  }
  return gaussianBlur(pixels);
}

/** Separable, borders repeated, cut off at four standard deviations, rounded down as the original does. */
function gaussianBlur(image: ByteImage): ByteImage {
  const radius = Math.floor(4 * sigma + 0.5);
  const kernel = Array.from({ length: 2 * radius + 1 }, (_, i) =>
    Math.exp(-((i - radius) ** 2) / (2 * sigma ** 2)),
  );
  const total = kernel.reduce((sum, weight) => sum + weight, 0);
  const pass = (source: Float64Array, alongX: boolean): Float64Array => {
    const out = new Float64Array(source.length);
    for (let i = 0; i < source.length; i++) {
      const channel = i % 3;
      const x = Math.floor(i / 3) % imageSide;
      const y = Math.floor(i / 3 / imageSide);
      let sum = 0;
      for (let k = -radius; k <= radius; k++) {
        const column = alongX ? border(x + k) : x;
        const row = alongX ? y : border(y + k);
        sum += ((kernel[k + radius] ?? 0) / total) * (source[(row * imageSide + column) * 3 + channel] ?? 0);
      }
      out[i] = sum;
    }
    return out;
  };
  // A hair is added before rounding down, so that a flat area keeps its value.
  return Uint8Array.from(pass(pass(Float64Array.from(image), true), false), (value) =>
    Math.floor(value + 1e-9),
  );
}

function border(index: number): number {
  return Math.min(imageSide - 1, Math.max(0, index));
}
