import { type Corruption, perForm } from './corruption.js';
import { throughJpeg } from './jpeg.js';

const qualityAt = perForm({
  'imagenet-c': [25, 18, 15, 10, 7],
  'cifar-10-c': [80, 65, 58, 50, 40],
});

export const jpegCompression: Corruption = {
  name: 'jpeg_compression',
  apply: (pixels, degree) => throughJpeg(pixels, qualityAt(degree)),
};
