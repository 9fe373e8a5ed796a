import sharp from 'sharp';

/**
 * Sets how this process decodes; to be called once by a worker before its first image. Sharp's settings belong
 * to the process, not to a thread.
 * @param threads threads inside one image; many images are decoded at once, so 1 is usually best
 */
export function configureDecoder(threads: number): void {
  sharp.concurrency(threads);
  // Every image is read once, so whatever libvips keeps would only cost memory.
  sharp.cache(false);
}
