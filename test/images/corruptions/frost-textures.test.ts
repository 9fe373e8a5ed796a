import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import sharp from 'sharp';
import { frostTextureFiles } from '../../../manifests/imagenet/corruptions.js';
import { texture } from '../../../scripts/corruptions/formula.js';
import { InputError } from '../../../stages/errors.js';
import { readFrostTextures, texturesOf } from '../../../workers/images/corruptions/frost-textures.js';
import { SystemFault } from '../../../workers/images/system-fault.js';
import { temporaryFolder } from '../../temporary-folder.js';
import { writeTextures } from './write-textures.js';

test('the five textures are read, whatever the endings of their names say', async (t) => {
  const folder = await temporaryFolder(t);
  await writeTextures(folder);
  const { textures, sha256 } = await readFrostTextures(folder);
  t.deepEqual(
    textures.map(({ data }) => Buffer.from(data)),
    frostTextureFiles.map((_, number) => Buffer.from(texture(number).data)),
  );
  await writeTextures(join(folder, 'elsewhere'));
  t.is((await readFrostTextures(join(folder, 'elsewhere'))).sha256, sha256);
});

test('a folder that lacks a texture is refused, and so is what is no texture or too small', async (t) => {
  const folder = await temporaryFolder(t);
  await writeTextures(folder);
  const third = join(folder, 'frost3.png');
  const refused = async (message: string) => {
    await t.throwsAsync(readFrostTextures(folder), { instanceOf: InputError, message });
  };
  await writeFile(third, 'frost');
  await refused(`${third}: is no image; restore it from its source`);
  await writeFile(
    third,
    await sharp({ create: { width: 300, height: 224, channels: 3, background: 'white' } })
      .png()
      .toBuffer(),
  );
  await refused(
    `${third}: has 300×224 pixels, but a part of 224×224 is drawn from it; give one of at least 225×225`,
  );
  const whole = await sharp({ create: { width: 300, height: 300, channels: 3, background: 'white' } })
    .png()
    .toBuffer();
  await writeFile(third, whole.subarray(0, whole.length - 40));
  await refused(`${third}: is damaged; restore it from its source`);
  await rm(third);
  await refused(
    `${third}: there is no such file; frost needs frost1.png, frost2.png, frost3.png, frost4.jpg, frost5.jpg of the ` +
      'folder ImageNet-C/create_c of github.com/hendrycks/robustness',
  );
});

test('textures that have changed since a run was planned stop it', async (t) => {
  const folder = await temporaryFolder(t);
  await writeTextures(folder);
  const { sha256 } = await readFrostTextures(folder);
  const setting = { corruption: 'frost', severity: 1, seed: 0 } as const;
  await t.throwsAsync(texturesOf({ ...setting, textures: { folder, sha256: 'f'.repeat(64) } }), {
    instanceOf: SystemFault,
    message: /have changed since they were looked at/,
  });
  t.is((await texturesOf({ ...setting, textures: { folder, sha256 } })).length, 5);
  t.deepEqual(await texturesOf({ corruption: 'fog', severity: 1, seed: 0 }), []);
});
