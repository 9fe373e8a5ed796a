import type { SeededRandom } from '../seeded-random.js';

/** Changes the bytes of a file: bits, a part of them gone, a part of them again. */
export function mutateBytes(bytes: Uint8Array, random: SeededRandom): Uint8Array {
  if (bytes.length === 0) return bytes;
  const at = random.below(bytes.length);
  switch (random.below(4)) {
    case 0: {
      const changed = bytes.slice();
      changed[at] = (changed[at] ?? 0) ^ (1 << random.below(8));
      return changed;
    }
    case 1:
      return bytes.slice(0, at);
    case 2:
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + random.below(16))]);
    default:
      return Buffer.concat([bytes.subarray(0, at + random.below(64)), bytes.subarray(at)]);
  }
}
