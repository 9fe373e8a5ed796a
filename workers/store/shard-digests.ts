const DIGEST_BYTES = 32;

/** What stands for a digest where there is none, in hex. */
const NO_DIGEST = '00'.repeat(DIGEST_BYTES);

/**
 * The digests of a shard's images, as its file has them: one after the other in base64, zeros where there is none.
 * @param digests sha256 (hex) of each image, or null where there is none
 */
export function encodeDigests(digests: readonly (string | null)[]): string {
  const bytes = Buffer.alloc(digests.length * DIGEST_BYTES);
  digests.forEach((digest, row) => {
    if (digest !== null) bytes.write(digest, row * DIGEST_BYTES, 'hex');
  });
  return bytes.toString('base64');
}

/** @returns null where there are more or fewer than images */
export function decodeDigests(text: string, count: number): (string | null)[] | null {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.length !== count * DIGEST_BYTES) return null;
  const all = bytes.toString('hex');
  return Array.from({ length: count }, (_, row) => {
    const digest = all.slice(row * NO_DIGEST.length, (row + 1) * NO_DIGEST.length);
    return digest === NO_DIGEST ? null : digest;
  });
}
