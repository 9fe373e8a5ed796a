import PQueue from 'p-queue';
import { transferableSymbol, valueSymbol, workerData } from 'piscina';
import { ModelError } from '../../stages/errors.js';
import { configureDecoder } from './configure-decoder.js';
import { imageFiles } from './image-file.js';
import type { Preprocess } from './preprocess.js';
import { ImageError, type ImageInput, type ImageShape, type ReadOptions } from './source.js';
import { SystemFault } from './system-fault.js';

/** One image to decode. */
export interface DecodingTask {
  readonly path: string;
  readonly preprocess: Preprocess;
  readonly shape: ImageShape;
  /** `into` only in memory that threads share. */
  readonly options: ReadOptions | undefined;
}

/** What a thread starts with. */
export interface DecodingSetup {
  readonly maxPixels: number;
}

/** An image, or what is wrong with it, the machine or the network: classes of errors don't cross threads. */
export type DecodingAnswer =
  | { readonly kind: 'image'; readonly image: ImageInput }
  | {
      readonly kind: 'image-error';
      readonly path: string;
      readonly message: string;
      readonly sha256: string | null;
    }
  | { readonly kind: 'system-fault'; readonly path: string; readonly code: string; readonly message: string }
  | { readonly kind: 'model-error'; readonly message: string };

configureDecoder(1);
const { maxPixels } = workerData as DecodingSetup;
const source = imageFiles({ maxPixels });

/** One image is read and decoded while another is resampled; the others that were handed out wait. */
const turns = new PQueue({ concurrency: 2 });

/** The entry of a thread that decodes: reads one image. @throws any other error: a defect */
export default function decode(task: DecodingTask): Promise<DecodingAnswer> {
  return turns.add(() => read(task));
}

async function read({ path, preprocess, shape, options }: DecodingTask): Promise<DecodingAnswer> {
  try {
    return moved({ kind: 'image', image: await source.read(path, preprocess, shape, options) });
  } catch (error) {
    if (error instanceof ImageError)
      return { kind: 'image-error', path: error.path, message: error.message, sha256: error.sha256 };
    if (error instanceof SystemFault)
      return { kind: 'system-fault', path: error.path, code: error.code, message: error.message };
    if (error instanceof ModelError) return { kind: 'model-error', message: error.message };
    throw error;
  }
}

/** The answer, whose elements go to the other thread as they are, without a copy, unless they lie in memory of both. */
function moved(answer: DecodingAnswer & { readonly kind: 'image' }): DecodingAnswer {
  const { buffer } = answer.image.data;
  if (buffer instanceof SharedArrayBuffer) return answer;
  return Object.assign(answer, { [transferableSymbol]: [buffer], [valueSymbol]: { ...answer } });
}
