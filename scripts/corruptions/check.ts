#!/usr/bin/env node
/**
 * Holds every corruption at every severity to independent tools, with the same draws:
 *
 *     node dist/scripts/corruptions/check.js FOLDER [FROST-TEXTURES]
 *
 * FOLDER is what scripts/golden/corruptions.py --full wrote, with --frost FROST-TEXTURES if there are any. Prints for each
 * corruption, over all images, the share of values within one level and of equal ones at its worst severity. Exits 1 where
 * fewer than 99.9 % are within one level.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { severities } from '../../manifests/imagenet/corruptions.js';
import { SIDE } from '../../workers/images/corruptions/corruption.js';
import { readFrostTextures } from '../../workers/images/corruptions/frost-textures.js';
import { corruptions } from '../../workers/images/corruptions/registry.js';
import type { Pixels } from '../../workers/images/pixels.js';
import { formulaDraws, texture } from './formula.js';

interface Share {
  readonly within: number;
  readonly equal: number;
  readonly largest: number;
}

const least = 0.999;

async function main(): Promise<void> {
  const [folder, frost] = process.argv.slice(2);
  if (folder === undefined) {
    console.error('usage: node dist/scripts/corruptions/check.js FOLDER [FROST-TEXTURES]');
    process.exitCode = 2;
    return;
  }
  const textures =
    frost === undefined ? [0, 1, 2, 3, 4].map(texture) : (await readFrostTextures(frost)).textures;
  console.log('| corruption | ≤ 1 level | equal | largest difference |\n|---|---|---|---|');
  let salt = 0;
  for (const corruption of corruptions) {
    const shares: Share[] = [];
    for (const severity of severities) {
      const draws = () => formulaDraws(salt);
      shares.push(
        await shareOf(folder, `${corruption.name}-${severity}`, (pixels) =>
          corruption.apply(pixels, severity, { draws: draws(), textures }),
        ),
      );
      salt += 1;
    }
    const within = Math.min(...shares.map((share) => share.within));
    if (within < least) process.exitCode = 1;
    const cells = [
      corruption.name,
      percent(within),
      percent(Math.min(...shares.map((share) => share.equal))),
      String(Math.max(...shares.map((share) => share.largest))),
    ];
    console.log(`| ${cells.join(' | ')} |${within < least ? ' WRONG' : ''}`);
  }
}

async function shareOf(
  folder: string,
  cell: string,
  corrupt: (pixels: Pixels) => Pixels | Promise<Pixels>,
): Promise<Share> {
  let [within, equal, count, largest] = [0, 0, 0, 0];
  for (const image of readdirSync(folder)) {
    const clean = { data: readFileSync(join(folder, image, 'clean.rgb')), width: SIDE, height: SIDE };
    const expected = readFileSync(join(folder, image, `${cell}.rgb`));
    const { data } = await corrupt(clean);
    expected.forEach((level, at) => {
      const difference = Math.abs(level - (data[at] ?? 0));
      if (difference <= 1) within += 1;
      if (difference === 0) equal += 1;
      largest = Math.max(largest, difference);
    });
    count += expected.length;
  }
  return { within: within / count, equal: equal / count, largest };
}

function percent(share: number): string {
  return `${(Math.floor(share * 1e5) / 1e3).toFixed(3)} %`;
}

await main();
