import { type Corruption, perSeverity } from './corruption.js';
import { throughJpeg } from './jpeg.js';

const qualities = perSeverity(25, 18, 15, 10, 7);

export const jpegCompression: Corruption = {
  name: 'jpeg_compression',
  apply: (pixels, severity) => throughJpeg(pixels, qualities[severity]),
};
