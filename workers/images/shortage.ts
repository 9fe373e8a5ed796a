import { isError } from '../../stages/is-error.js';
import { DecodingFault } from './decode.js';
import type { PassingFault } from './retry.js';

/** As libvips, GLib, the system and V8 (for pixels) say that memory or threads ran out. */
const shortages =
  /out of memory|cannot allocate memory|(unable to (create|start)|error creating) thread|resource temporarily unavailable|array buffer allocation failed/i;

/** Memory or threads that the decoder could not get. */
export function shortageOf(error: unknown): PassingFault | null {
  const said = isError(error) ? error.message : '';
  if (!shortages.test(said)) return null;
  const message =
    'the decoder could get no memory or no thread, which is no fault of the image; use fewer workers, or allow more threads with ulimit -u';
  return { code: 'ENOMEM', message, cause: error };
}

/** How often what fails by the image, it seems, is tried before it counts as the image's fault. */
const TRIES = 3;

/**
 * Tries again what is not sure to be the image's fault. libvips keeps what went wrong in one place for all threads, so that one
 * that could not be started may seem a damaged image, or nothing at all, where several fail at once.
 */
export async function surely<T>(work: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await work();
    } catch (error) {
      if (tries === TRIES || error instanceof DecodingFault || shortageOf(error) !== null) throw error;
    }
  }
}
