import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { usualValidation, writeCorruptedSets } from '../../../manifests/corrupted-sets.js';
import { corruptionCells } from '../../../manifests/imagenet/corruptions.js';
import { jsonLine, printableLine } from '../../../manifests/input/printable.js';
import { outputFolder } from '../../../manifests/output/output-file.js';
import { setsFile } from '../../../manifests/write-cells.js';
import { InputError } from '../../../stages/errors.js';
import { checkTextures } from '../../../workers/images/corruptions/parse-corruption.js';
import type { CommandLine } from '../command-line.js';
import { corruptionSeedOption, frostTexturesOption } from '../options/corrupt.js';
import { jsonOption } from '../options/json.js';
import { integerOption } from '../options/numbers.js';

interface CorruptedValues {
  readonly output: string;
  readonly corrupt: string;
  readonly corruptionSeed?: number;
  readonly frostTextures?: string;
  readonly validation: number;
  readonly json?: true;
}

const notes = `Images are corrupted when they are read: resized to a shorter side of 256 pixels, cropped to the central 224, corrupted, and
stored as JPEG of quality 85, as ImageNet-C was made; then they are preprocessed without a resize. docs/corruptions.md

Examples:
  $ grodin manifest corrupted val.csv -o corrupted --corrupt glass_blur,fog:3
  $ grodin manifest corrupted val.csv -o corrupted --frost-textures robustness/ImageNet-C/create_c`;

/** `grodin manifest corrupted MANIFEST -o FOLDER`: the sets of an experiment that are a manifest's images, corrupted. */
export function registerManifestCorrupted(manifest: Command, line: CommandLine): void {
  manifest
    .command('corrupted')
    .description('sets of an experiment: the images of a manifest, corrupted as those of ImageNet-C')
    .argument('<manifest>', 'the manifest (CSV) of the clean images')
    .requiredOption('-o, --output <folder>', `where ${setsFile} is written, the sets of an experiment`)
    .option(
      '--corrupt <list>',
      'corruptions, with or without a severity (glass_blur,fog:3), or all of them',
      'all',
    )
    .addOption(corruptionSeedOption())
    .addOption(frostTexturesOption())
    .option('--validation <n>', 'rows of each corruption to tune on', integerOption(1), usualValidation)
    .addOption(jsonOption())
    .addHelpText('after', `\n${notes}`)
    .action(async (file: string, values: CorruptedValues) => {
      const { output, validation, corruptionSeed: seed = 0, frostTextures: textures } = values;
      const fault = (text: string): InputError => new InputError(`--corrupt: ${text}`);
      const cells = corruptionCells(values.corrupt, fault);
      // Before anything is written: a run would refuse them, too.
      await checkTextures(cells, textures, '--frost-textures', fault);
      line.writesIn(await outputFolder(join(output, setsFile)));
      const { sets, images } = await writeCorruptedSets(file, output, { cells, validation, seed, textures });
      line.out(
        values.json
          ? jsonLine({ folder: resolve(output), sets: sets.length, images })
          : `${printableLine(join(output, setsFile))}: ${sets.length} sets of ${images} images\n`,
      );
    });
}
