import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { frostTextureFiles } from '../../../manifests/imagenet/corruptions.js';
import { texture } from '../../../scripts/corruptions/formula.js';

/** Writes textures of frost, all as PNG. */
export async function writeTextures(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const [number, name] of frostTextureFiles.entries()) {
    const { data, width, height } = texture(number);
    const png = await sharp(data, { raw: { width, height, channels: 3 } })
      .png()
      .toBuffer();
    await writeFile(join(folder, name), png);
  }
}
