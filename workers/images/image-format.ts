import type { ImageFormat } from '../../manifests/image-formats.js';

/** What a file is by its first bytes: a format that is read, or the name of one that is not, or null. */
export type Recognized =
  | { readonly read: true; readonly format: ImageFormat }
  | { readonly read: false; readonly name: string };

/** One way a file may begin: texts or bytes at fixed places. */
interface Beginning {
  readonly at?: number;
  readonly bytes: string;
}

const readFormats: readonly (readonly [ImageFormat, readonly Beginning[]])[] = [
  ['jpeg', [{ bytes: '\xff\xd8\xff' }]],
  ['png', [{ bytes: '\x89PNG\r\n\x1a\n' }]],
  ['gif', [{ bytes: 'GIF87a' }]],
  ['gif', [{ bytes: 'GIF89a' }]],
  ['webp', [{ bytes: 'RIFF' }, { at: 8, bytes: 'WEBP' }]],
  ['tiff', [{ bytes: 'II*\0' }]],
  ['tiff', [{ bytes: 'MM\0*' }]],
  ['tiff', [{ bytes: 'II+\0' }]],
  ['tiff', [{ bytes: 'MM\0+' }]],
  ['heif', [{ at: 4, bytes: 'ftypavi' }]],
  // The length of the second header, in 32 bits.
  ['bmp', [{ bytes: 'BM' }, { at: 15, bytes: '\0\0\0' }]],
];

const otherFormats: readonly (readonly [string, readonly Beginning[]])[] = [
  ['HEIC', [{ at: 4, bytes: 'ftyphe' }]],
  ['HEIF', [{ at: 4, bytes: 'ftypmif1' }]],
  ['HEIF', [{ at: 4, bytes: 'ftypmsf1' }]],
  ['JPEG 2000', [{ bytes: '\0\0\0\x0cjP  ' }]],
  ['JPEG 2000', [{ bytes: '\xff\x4f\xff\x51' }]],
  ['JPEG XL', [{ bytes: '\xff\x0a' }]],
  ['JPEG XL', [{ bytes: '\0\0\0\x0cJXL ' }]],
  ['Photoshop', [{ bytes: '8BPS' }]],
  ['PDF', [{ bytes: '%PDF' }]],
  ['icon', [{ bytes: '\0\0\x01\0' }]],
  ['NumPy', [{ bytes: '\x93NUMPY' }]],
  ['ZIP', [{ bytes: 'PK\x03\x04' }]],
  ['gzip', [{ bytes: '\x1f\x8b' }]],
  ['HTML', [{ bytes: '<!DOCTYPE' }]],
  ['HTML', [{ bytes: '<html' }]],
  ['SVG', [{ bytes: '<svg' }]],
  ['Git LFS pointer', [{ bytes: 'version https://git-lfs' }]],
];

/**
 * Says what a file is by its content, since file names are often wrong.
 * @returns null when it begins like nothing that is known
 */
export function recognizeFormat(bytes: Uint8Array): Recognized | null {
  for (const [format, beginning] of readFormats)
    if (beginning.every((part) => isAt(bytes, part))) return { read: true, format };
  for (const [name, beginning] of otherFormats)
    if (beginning.every((part) => isAt(bytes, part))) return { read: false, name };
  return null;
}

function isAt(bytes: Uint8Array, { at = 0, bytes: text }: Beginning): boolean {
  for (let i = 0; i < text.length; i++) if (bytes[at + i] !== text.charCodeAt(i)) return false;
  return true;
}
