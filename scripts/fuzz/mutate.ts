import { crc32 } from 'node:zlib';
import type { Random } from '../../manifests/micro-benchmark/random.js';

/** Values at which sizes and counts go wrong. */
const edges: readonly number[] = [
  0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff,
];

type ByteMutation = (bytes: Buffer, random: Random, other: Buffer) => Buffer;

const mutations: readonly ByteMutation[] = [
  // One bit.
  (bytes, random) => changed(bytes, place(bytes, random), (value) => value ^ (1 << random.integer(0, 7))),
  // One byte.
  (bytes, random) => changed(bytes, place(bytes, random), () => random.integer(0, 255)),
  // A number of two or four bytes, in either order.
  (bytes, random) => {
    const copy = Buffer.from(bytes);
    const size = random.integer(0, 1) === 0 ? 2 : 4;
    const at = random.integer(0, Math.max(0, copy.length - size));
    if (at + size > copy.length) return copy;
    const value = (edges[random.integer(0, edges.length - 1)] ?? 0) % 256 ** size;
    if (random.integer(0, 1) === 0) copy.writeUIntLE(value, at, size);
    else copy.writeUIntBE(value, at, size);
    return copy;
  },
  // The file ends early.
  (bytes, random) => bytes.subarray(0, place(bytes, random)),
  // A piece is missing.
  (bytes, random) => {
    const from = place(bytes, random);
    return Buffer.concat([bytes.subarray(0, from), bytes.subarray(from + random.integer(1, 40))]);
  },
  // A piece is repeated.
  (bytes, random) => {
    const from = place(bytes, random);
    const to = from + random.integer(1, 200);
    return Buffer.concat([bytes.subarray(0, to), bytes.subarray(from)]);
  },
  // Random bytes in between.
  (bytes, random) => {
    const at = place(bytes, random);
    const noise = Buffer.from(Array.from({ length: random.integer(1, 30) }, () => random.integer(0, 255)));
    return Buffer.concat([bytes.subarray(0, at), noise, bytes.subarray(at)]);
  },
  // The end of another file.
  (bytes, random, other) =>
    Buffer.concat([bytes.subarray(0, place(bytes, random)), other.subarray(place(other, random))]),
];

/**
 * The image file of one case: one of the corpus with one to four changes; the same seed and index give the same bytes.
 * Checksums of PNG files are set right in half of the cases, since nothing behind a wrong one is read.
 */
export function mutatedImage(corpus: readonly Buffer[], random: Random): Buffer {
  const pick = (): Buffer => corpus[random.integer(0, corpus.length - 1)] ?? Buffer.alloc(0);
  let bytes = pick();
  const changes = random.integer(1, 4);
  for (let change = 0; change < changes; change += 1) {
    const mutation = mutations[random.integer(0, mutations.length - 1)];
    if (mutation !== undefined && bytes.length > 0) bytes = mutation(bytes, random, pick());
  }
  return random.integer(0, 1) === 0 ? bytes : withChecksums(bytes);
}

/** A place in a file: at its beginning, where headers are, in every other case. */
function place(bytes: Buffer, random: Random): number {
  const end = Math.max(0, bytes.length - 1);
  return random.integer(0, random.integer(0, 1) === 0 ? Math.min(end, 80) : end);
}

function changed(bytes: Buffer, at: number, change: (value: number) => number): Buffer {
  const copy = Buffer.from(bytes);
  copy[at] = change(copy[at] ?? 0);
  return copy;
}

function withChecksums(bytes: Buffer): Buffer {
  if (bytes.length < 8 || bytes.readUInt32BE(0) !== 0x89504e47) return bytes;
  const copy = Buffer.from(bytes);
  for (let at = 8; at + 12 <= copy.length; ) {
    const end = at + 8 + copy.readUInt32BE(at);
    if (end + 4 > copy.length) break;
    copy.writeUInt32BE(crc32(copy.subarray(at + 4, end)), end);
    at = end + 4;
  }
  return copy;
}
