import { readFile } from 'node:fs/promises';
import test from 'ava';
import { usualCorruptions } from '../../../manifests/corruptions.js';
import { corruptionForms, severities } from '../../../manifests/imagenet/corruptions.js';
import { formulaDraws, sceneOf, texture } from '../../../scripts/corruptions/formula.js';
import { sideOf } from '../../../workers/images/corruptions/corruption.js';
import { throughJpeg } from '../../../workers/images/corruptions/jpeg.js';
import { corruptions } from '../../../workers/images/corruptions/registry.js';

/** Some pixels of the scene in each cell as independent tools make it, written by scripts/golden/corruptions.py. */
interface Golden {
  readonly levels: Uint8Array;
  /** Pixels of a side, [side, side, 3] a cell. */
  readonly side: number;
  /** The image's pixels that they are: the first of a row and of a column, and the step from each to the next. */
  readonly first: number;
  readonly step: number;
  /** How many of a cell may be another level. */
  readonly mostUnequal: number;
}

async function bytesOf(name: string): Promise<Uint8Array> {
  const file = await readFile(new URL(`../../../../test/images/${name}.npy`, import.meta.url));
  return file.subarray(10 + file.readUInt16LE(8));
}

const golden: Readonly<Record<(typeof corruptionForms)[number], Golden>> = {
  // The last is the scene as Pillow stores it.
  'imagenet-c': { levels: await bytesOf('corruptions'), side: 32, first: 3, step: 7, mostUnequal: 30 },
  'cifar-10-c': { levels: await bytesOf('cifar-corruptions'), side: 16, first: 0, step: 2, mostUnequal: 7 },
};

const textures = [0, 1, 2, 3, 4].map(texture);

/** By how much an image differs from a golden one where that has a pixel. */
function differencesFrom(
  { levels, side, first, step }: Golden,
  number: number,
  { data, width }: { readonly data: ArrayLike<number>; readonly width: number },
): readonly number[] {
  const count = 3 * side * side;
  return Array.from(levels.subarray(number * count, (number + 1) * count), (level, at) => {
    const [row, column, channel] = [Math.floor(at / (3 * side)), Math.floor((at % (3 * side)) / 3), at % 3];
    return Math.abs(
      level - (data[3 * ((first + step * row) * width + first + step * column) + channel] ?? 0),
    );
  });
}

test('there is a corruption for each name, in the order of the benchmark', (t) => {
  t.deepEqual(
    corruptions.map(({ name }) => name),
    usualCorruptions,
  );
  const cells = usualCorruptions.length * severities.length;
  t.is(golden['imagenet-c'].levels.length, 32 * 32 * 3 * (cells + 1));
  t.is(golden['cifar-10-c'].levels.length, 16 * 16 * 3 * cells);
});

for (const form of corruptionForms)
  for (const [number, corruption] of corruptions.entries())
    test(`${corruption.name} of ${form} is what independent tools make of the same draws`, async (t) => {
      for (const severity of severities) {
        const salt = number * severities.length + severity - 1;
        const clean = sceneOf(form);
        const pixels = await corruption.apply(
          clean,
          { form, severity },
          { draws: formulaDraws(salt), textures },
        );
        const { data, width, height } = pixels;
        const side = sideOf(form);
        t.deepEqual([width, height, data.length], [side, side, 3 * side * side]);
        t.deepEqual(clean.data, sceneOf(form).data, 'the clean image was changed');
        const differences = differencesFrom(golden[form], salt, pixels);
        const beyond = differences.filter((difference) => difference > 1).length;
        t.true(
          beyond <= differences.length / 1000,
          `severity ${severity}: ${beyond} values differ by more than a level`,
        );
        const unequal = differences.filter((difference) => difference > 0).length;
        t.true(unequal <= golden[form].mostUnequal, `severity ${severity}: ${unequal} values differ`);
      }
    });

test('an image stored as the published ones are has the pixels that Pillow gives it', async (t) => {
  const stored = await throughJpeg(sceneOf('imagenet-c'), 85);
  t.true(
    differencesFrom(golden['imagenet-c'], corruptions.length * severities.length, stored).every(
      (difference) => difference === 0,
    ),
  );
});
