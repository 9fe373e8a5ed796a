import { readFile } from 'node:fs/promises';
import test from 'ava';
import { corruptionNames, severities } from '../../../manifests/imagenet/corruptions.js';
import { formulaDraws, scene, texture } from '../../../scripts/corruptions/formula.js';
import { SIDE } from '../../../workers/images/corruptions/corruption.js';
import { throughJpeg } from '../../../workers/images/corruptions/jpeg.js';
import { corruptions } from '../../../workers/images/corruptions/registry.js';

/**
 * What independent tools make of the scene in each cell, written by scripts/golden/corruptions.py: every seventh pixel of
 * every seventh row, uint8 [96, 32, 32, 3]; the last is the scene as Pillow stores it.
 */
const file = await readFile(new URL('../../../../test/images/corruptions.npy', import.meta.url));
const golden = file.subarray(10 + file.readUInt16LE(8));
const VALUES = 32 * 32 * 3;

const textures = [0, 1, 2, 3, 4].map(texture);

/** By how much an image differs from a golden one where that has a pixel. */
function differencesFrom(number: number, data: ArrayLike<number>): readonly number[] {
  const expected = golden.subarray(number * VALUES, (number + 1) * VALUES);
  return Array.from(expected, (level, at) => {
    const [row, column, channel] = [Math.floor(at / 96), Math.floor((at % 96) / 3), at % 3];
    return Math.abs(level - (data[3 * ((3 + 7 * row) * SIDE + 3 + 7 * column) + channel] ?? 0));
  });
}

test('there is a corruption for each name, in the order of the benchmark', (t) => {
  t.deepEqual(
    corruptions.map(({ name }) => name),
    corruptionNames,
  );
  t.is(golden.length, VALUES * (corruptionNames.length * severities.length + 1));
});

for (const [number, corruption] of corruptions.entries())
  test(`${corruption.name} is what independent tools make of the same draws`, async (t) => {
    for (const severity of severities) {
      const salt = number * severities.length + severity - 1;
      const clean = scene();
      const { data, width, height } = await corruption.apply(clean, severity, {
        draws: formulaDraws(salt),
        textures,
      });
      t.deepEqual([width, height, data.length], [SIDE, SIDE, 3 * SIDE * SIDE]);
      t.deepEqual(clean.data, scene().data, 'the clean image was changed');
      const differences = differencesFrom(salt, data);
      const beyond = differences.filter((difference) => difference > 1).length;
      t.true(beyond <= VALUES / 1000, `severity ${severity}: ${beyond} values differ by more than a level`);
      const unequal = differences.filter((difference) => difference > 0).length;
      t.true(unequal <= VALUES / 100, `severity ${severity}: ${unequal} values differ`);
    }
  });

test('an image stored as the published ones are has the pixels that Pillow gives it', async (t) => {
  const { data } = await throughJpeg(scene(), 85);
  t.true(
    differencesFrom(corruptions.length * severities.length, data).every((difference) => difference === 0),
  );
});
