import { type CorruptionSetting, formOf } from '../../../manifests/imagenet/corruptions.js';
import type { Pixels } from '../pixels.js';
import { corrupted } from './corrupt.js';
import { sideOf } from './corruption.js';

/** The first one compiles code and reads textures. */
const timed = 2;

/**
 * Seconds that this thread takes to corrupt one image that is decoded and cropped: the least of two, as other work on the machine
 * only adds.
 * @throws SystemFault where the textures of frost are no longer what they were
 */
export async function secondsToCorrupt(setting: CorruptionSetting): Promise<number> {
  const clean = slopes(sideOf(formOf(setting)));
  await corrupted(clean, { setting, id: 'first' });
  let least = Number.POSITIVE_INFINITY;
  for (let image = 0; image < timed; image += 1) {
    const started = performance.now();
    await corrupted(clean, { setting, id: String(image) });
    least = Math.min(least, (performance.now() - started) / 1000);
  }
  return least;
}

/** A picture with something in it, which some corruptions are slower with. */
function slopes(side: number): Pixels {
  const data = Uint8Array.from({ length: side * side * 3 }, (_, at) => 128 + 100 * Math.sin(at / 7));
  return { data, width: side, height: side };
}
