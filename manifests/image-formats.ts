import { extname } from 'node:path';

/** The formats of images that are decoded. */
export type ImageFormat = 'jpeg' | 'png' | 'webp' | 'tiff' | 'gif' | 'bmp' | 'heif';

/**
 * What names of image files end in (lower case), by the format that such a file usually has. What an image is
 * decoded as is told by its bytes; by its name, whether a builder lists it. HEIF is read as AVIF alone.
 */
const extensionsOf: Readonly<Record<ImageFormat, readonly string[]>> = {
  jpeg: ['.jpg', '.jpeg', '.jpe', '.jfif', '.jif'],
  png: ['.png', '.apng'],
  webp: ['.webp'],
  tiff: ['.tif', '.tiff'],
  gif: ['.gif'],
  bmp: ['.bmp', '.dib'],
  heif: ['.avif', '.avifs'],
};

/** All of them, as builders list images. */
export const imageExtensions: readonly string[] = Object.values(extensionsOf).flat();

/** Whether a file is an image by its name, whatever folders the name has. */
export function isImageName(name: string): boolean {
  return imageExtensions.includes(extname(name).toLowerCase());
}

/** What names of images end in that no decoder here reads: they are left out, and their user may not expect it. */
const unreadExtensions: readonly string[] = [
  ...[
    '.ppm',
    '.pgm',
    '.pbm',
    '.pnm',
    '.pfm',
    '.heic',
    '.heif',
    '.hif',
    '.jp2',
    '.j2k',
    '.jpx',
    '.jxl',
    '.jxr',
  ],
  ...['.tga', '.psd', '.exr', '.hdr', '.pcx', '.ico', '.qoi', '.svg', '.dng', '.cr2', '.nef', '.arw', '.raw'],
];

/** The extension of an image that is of a format that is not read; null for any other name. */
export function unreadExtension(name: string): string | null {
  const extension = extname(name).toLowerCase();
  return unreadExtensions.includes(extension) ? extension : null;
}
