import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { Decompress } from 'fzstd';
import { snappyDecompressed } from './snappy.js';

type Decompressed = (input: Uint8Array, length: number) => Uint8Array;

/** How bytes of pages are decompressed, by Parquet's name. None gives more than the length, whatever the bytes claim. */
export const codecs: Readonly<Record<string, Decompressed>> = {
  UNCOMPRESSED: (input) => input,
  SNAPPY: snappyDecompressed,
  GZIP: (input, length) => gunzipSync(input, { maxOutputLength: Math.max(1, length) }),
  BROTLI: (input, length) => brotliDecompressSync(input, { maxOutputLength: Math.max(1, length) }),
  ZSTD: zstdDecompressed,
};

/** Piece by piece: told where to write, the decompressor fills up what is missing with zeros. */
function zstdDecompressed(input: Uint8Array, length: number): Uint8Array {
  const output = new Uint8Array(length);
  let end = 0;
  const stream = new Decompress((piece) => {
    output.set(piece, end);
    end += piece.length;
  });
  stream.push(input, true);
  return output.subarray(0, end);
}
