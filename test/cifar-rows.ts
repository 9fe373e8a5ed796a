/** The level of a pixel of a made-up image: no two planes, rows or columns of one image are alike. */
export const levelAt = (image: number, channel: number, y: number, x: number): number =>
  (image * 7 + channel * 50 + y * 3 + x) % 256;

/**
 * Rows of the binary version of CIFAR: labels, then the planes of 32×32 pixels.
 * @param labels of each row: one for CIFAR-10, coarse and fine for CIFAR-100
 */
export function cifarRows(labels: readonly (readonly number[])[]): Buffer {
  return Buffer.concat(
    labels.map((own, image) => {
      const planes = Array.from({ length: 3072 }, (_, at) =>
        levelAt(image, Math.floor(at / 1024), Math.floor((at % 1024) / 32), at % 32),
      );
      return Buffer.from([...own, ...planes]);
    }),
  );
}
