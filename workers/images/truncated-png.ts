import { constants, crc32, deflateSync, inflateSync } from 'node:zlib';

const SIGNATURE_BYTES = 8;

/** Samples of a pixel, by a PNG file's type of colours. */
const samplesOf: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };

/** Where the pixels of each of Adam7's passes begin, and how far apart they lie. */
const passes: readonly (readonly [x: number, y: number, acrossStep: number, downStep: number])[] = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
];

/**
 * Completes a PNG file that ends before its image does: rows that are there in full stay, and the samples of all others are
 * 0, as Pillow leaves them.
 * @returns the file, or null where not even its beginning is there, or it is damaged
 */
export function completedPng(bytes: Uint8Array): Uint8Array | null {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { before, data } = partsOf(file);
  if (file.length < 33 || data.length === 0) return null;
  const parts = rowsOf(file);
  if (parts === null) return null;
  const whole = parts.reduce((sum, { rows, length }) => sum + rows * length, 0);
  const found = inflated(Buffer.concat(data), whole);
  if (found === null) return null;
  // Rows of zeros, the first byte of which says that they are not filtered.
  const completed = Buffer.alloc(whole);
  let there = 0;
  for (const { rows, length } of parts) {
    const inFull = Math.min(rows, Math.floor((found.length - there) / length));
    there += inFull * length;
    if (inFull < rows) break;
  }
  found.copy(completed, 0, 0, there);
  return Buffer.concat([
    before,
    chunk('IDAT', deflateSync(completed, { level: constants.Z_NO_COMPRESSION })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/** What comes before the compressed rows, and their parts, the last of which the file may cut off. */
function partsOf(file: Buffer): { readonly before: Buffer; readonly data: readonly Buffer[] } {
  const data: Buffer[] = [];
  let first: number | null = null;
  for (let at = SIGNATURE_BYTES; at + 8 <= file.length; ) {
    const length = file.readUInt32BE(at);
    const kind = file.toString('latin1', at + 4, at + 8);
    if (kind === 'IDAT') {
      first ??= at;
      data.push(file.subarray(at + 8, Math.min(file.length, at + 8 + length)));
    } else if (first !== null) break;
    at += 12 + length;
  }
  return { before: file.subarray(0, first ?? file.length), data };
}

/** Rows of equal length, in bytes, with the one that says how a row is filtered. */
interface Rows {
  readonly rows: number;
  readonly length: number;
}

/** The rows in the order in which they are stored, in one part or those of the passes. */
function rowsOf(file: Buffer): readonly Rows[] | null {
  const [width, height] = [file.readUInt32BE(16), file.readUInt32BE(20)];
  const [depth = 0, colours = 0, , , interlace = 0] = file.subarray(24, 29);
  const samples = samplesOf[colours];
  if (samples === undefined || interlace > 1 || width === 0) return null;
  const bits = depth * samples;
  return (interlace === 0 ? [[0, 0, 1, 1] as const] : passes).flatMap(([x, y, acrossStep, downStep]) => {
    const [across, down] = [Math.ceil((width - x) / acrossStep), Math.ceil((height - y) / downStep)];
    return across <= 0 || down <= 0 ? [] : [{ rows: down, length: 1 + Math.ceil((across * bits) / 8) }];
  });
}

/** What can be made of compressed data that breaks off; null where it is damaged, or more than there is room for. */
function inflated(data: Uint8Array, atMost: number): Buffer | null {
  try {
    return inflateSync(data, { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: Math.max(1, atMost) });
  } catch {
    return null;
  }
}

function chunk(kind: string, data: Uint8Array): Buffer {
  const named = Buffer.concat([Buffer.from(kind, 'latin1'), data]);
  const around = Buffer.alloc(4);
  around.writeUInt32BE(data.length);
  const check = Buffer.alloc(4);
  check.writeUInt32BE(crc32(named));
  return Buffer.concat([around, named, check]);
}
