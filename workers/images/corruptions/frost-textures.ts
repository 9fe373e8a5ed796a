import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type CorruptionForm,
  type CorruptionSetting,
  frostTextureFiles,
  usualForm,
} from '../../../manifests/imagenet/corruptions.js';
import { GrodinError, InputError } from '../../../stages/errors.js';
import { isError } from '../../../stages/is-error.js';
import { decodeRgb, readHeader } from '../decode.js';
import { recognizeFormat } from '../image-format.js';
import type { Pixels } from '../pixels.js';
import { SystemFault } from '../system-fault.js';
import { frostSides } from './frost.js';

/** Photographs of frost that images are mixed with. */
export interface FrostTextures {
  readonly textures: readonly Pixels[];
  /** sha256 (hex) of the bytes of all files, in their order. */
  readonly sha256: string;
}

export interface TexturesOptions {
  /** What they are to be large enough for. Default: ImageNet-C. */
  readonly form?: CorruptionForm;
  /** Makes the error of a folder that can't be used. */
  readonly fault?: (text: string) => InputError;
}

/** Far more than the published ones have. */
const MOST_BYTES = 100e6;
const MOST_PIXELS = 25e6;

/**
 * Reads the five textures of a folder.
 * @throws InputError naming the file that is missing, no image, or too small or large
 */
export async function readFrostTextures(
  folder: string,
  { form = usualForm, fault = (text) => new InputError(text) }: TexturesOptions = {},
): Promise<FrostTextures> {
  const hash = createHash('sha256');
  const textures: Pixels[] = [];
  for (const name of frostTextureFiles) {
    const file = join(folder, name);
    const bytes = await bytesOf(file, fault);
    hash.update(bytes);
    textures.push(await textureOf(file, bytes, form, fault));
  }
  return { textures, sha256: hash.digest('hex') };
}

async function bytesOf(file: string, fault: (text: string) => InputError): Promise<Uint8Array> {
  const found = await stat(file).catch(() => null);
  if (!found?.isFile())
    throw fault(
      `${file}: there is no such file; frost needs ${frostTextureFiles.join(', ')} of the folder ImageNet-C/create_c of ` +
        'github.com/hendrycks/robustness',
    );
  if (found.size > MOST_BYTES) throw fault(`${file}: has ${found.size} bytes, which no texture of frost has`);
  try {
    return await readFile(file);
  } catch (error) {
    throw fault(`${file}: can't be read (${isError(error) ? error.message : error})`);
  }
}

async function textureOf(
  file: string,
  bytes: Uint8Array,
  form: CorruptionForm,
  fault: (text: string) => InputError,
): Promise<Pixels> {
  const found = recognizeFormat(bytes);
  if (!found?.read) throw fault(`${file}: is no image; restore it from its source`);
  try {
    const header = await readHeader(bytes, found.format);
    const { width, height } = header;
    const { least, part } = frostSides(form);
    if (Math.min(width, height) < least)
      throw fault(
        `${file}: has ${width}×${height} pixels, but a part of ${part}×${part} is drawn from it; give one of at least ${least}×${least}`,
      );
    if (width * height > MOST_PIXELS)
      throw fault(`${file}: has ${width}×${height} pixels; give one of at most ${MOST_PIXELS} pixels`);
    return await decodeRgb(header);
  } catch (error) {
    if (error instanceof GrodinError) throw error;
    throw fault(`${file}: is damaged; restore it from its source`);
  }
}

const known = new Map<string, Promise<readonly Pixels[]>>();

/**
 * The textures of a setting, read once a thread.
 * @throws SystemFault where they are gone, or are others than they were when the setting was made
 */
export async function texturesOf({ textures, form }: CorruptionSetting): Promise<readonly Pixels[]> {
  if (textures === undefined) return [];
  const { folder, sha256 } = textures;
  const key = `${sha256} ${folder}`;
  let found = known.get(key);
  if (found === undefined) {
    found = unchanged(folder, sha256, form);
    known.set(key, found);
    found.catch(() => known.delete(key));
  }
  return found;
}

async function unchanged(
  folder: string,
  sha256: string,
  form: CorruptionForm | undefined,
): Promise<readonly Pixels[]> {
  const fault = (message: string): SystemFault => new SystemFault(folder, 'ESTALE', message);
  const found = await readFrostTextures(folder, { ...(form && { form }) }).catch((error: unknown) => {
    throw error instanceof GrodinError ? fault(error.message) : error;
  });
  if (found.sha256 === sha256) return found.textures;
  throw fault(
    `${folder}: the textures of frost have changed since they were looked at; restore them, or start again`,
  );
}
