import { extname } from 'node:path';
import { type Command, Option } from 'commander';
import sharp from 'sharp';
import { jsonLine, printableLine } from '../../../manifests/input/printable.js';
import { outputFolder, type StreamedContent, writeOutput } from '../../../manifests/output/output-file.js';
import { InputError } from '../../../stages/errors.js';
import { npyElements, npyHeader } from '../../../workers/images/npy-file.js';
import { DEFAULT_MAX_PIXELS } from '../../../workers/images/source.js';
import {
  type PixelSettings,
  type PreprocessedImage,
  preprocessFile,
  preprocessFiles,
} from '../../jobs/preprocess-files.js';
import type { CommandLine } from '../command-line.js';
import { type CorruptionFlags, corruptionOf, corruptionOptions } from '../options/corrupt.js';
import { imageSize } from '../options/image-size.js';
import { jsonOption } from '../options/json.js';
import { integerOption } from '../options/numbers.js';
import { preprocessOf, preprocessOption, truncatedOption } from '../options/preprocess.js';

interface PreprocessFlags extends CorruptionFlags {
  readonly preprocess: string;
  readonly truncated?: 'error' | 'load';
  readonly size?: readonly [number, number];
  readonly maxPixels: number;
  readonly out: string;
  readonly json?: true;
}

/** `grodin preprocess IMAGE… --preprocess PRESET --out FILE`: what a network would be fed, for others to compare. */
export function registerPreprocess(program: Command, line: CommandLine): void {
  const command = program
    .command('preprocess')
    .description(
      'write what a network would be fed of images, to compare it with what another pipeline makes',
    )
    .argument('<image...>', 'image files, or images in files of many, such as val.tar#512+77 or fog.npy#3')
    .addOption(preprocessOption().makeOptionMandatory())
    .addOption(truncatedOption());
  corruptionOptions(command)
    .addOption(
      new Option(
        '--size <HEIGHTxWIDTH>',
        'pixels that the network takes, for example 48x192: what comes out otherwise is an error',
      ).argParser(imageSize),
    )
    .option(
      '--max-pixels <n>',
      'images of more pixels are not decoded: their memory grows with them',
      integerOption(1),
      DEFAULT_MAX_PIXELS,
    )
    .requiredOption(
      '--out <file>',
      'FILE.npy: float32 [N,C,H,W], as numpy.load reads it; FILE.png: the 8-bit pixels of one image before they are normalised',
    )
    .addOption(jsonOption())
    .action(async (images: readonly string[], values: PreprocessFlags) => {
      const { out, maxPixels, json } = values;
      const corrupt = await corruptionOf(values);
      const settings: PixelSettings = {
        preprocess: await preprocessOf(values.preprocess, values.truncated),
        maxPixels,
        ...(corrupt === undefined ? {} : { corrupt }),
        ...(values.size === undefined ? {} : { size: values.size }),
      };
      const kind = extname(out).toLowerCase();
      if (kind !== '.npy' && kind !== '.png')
        throw new InputError(`${out}: expected a name that ends in .npy or .png`);
      if (kind === '.png' && images.length > 1)
        throw new InputError(
          `${out}: a PNG file holds one image, and there are ${images.length}; name a .npy file`,
        );
      line.writesIn(await outputFolder(out));
      const shape =
        kind === '.png' ? await writePng(out, images, settings) : await writeNpy(out, images, settings, line);
      const all = kind === '.png' ? [shape[1], shape[2], shape[0]] : [images.length, ...shape];
      line.out(
        json
          ? jsonLine({ out, shape: all })
          : `${printableLine(out)}: ${kind === '.png' ? 'uint8' : 'float32'} [${all.join(', ')}]\n`,
      );
    });
}

async function writePng(
  out: string,
  [path = '']: readonly string[],
  settings: PixelSettings,
): Promise<PreprocessedImage['shape']> {
  const { shape, levels } = await preprocessFile(path, settings);
  const [channels, height, width] = shape;
  const image = sharp(levels, { raw: { width, height, channels: channels === 1 ? 1 : 3 } });
  const png = await (channels === 1 ? image.toColourspace('b-w') : image).png().toBuffer();
  await writeOutput(out, png, async () => undefined);
  return shape;
}

async function writeNpy(
  out: string,
  paths: readonly string[],
  settings: PixelSettings,
  line: CommandLine,
): Promise<PreprocessedImage['shape']> {
  let shape: PreprocessedImage['shape'] | null = null;
  const content: StreamedContent = async function* () {
    let failed = 0;
    for await (const some of preprocessFiles(paths, settings))
      for (const image of some) {
        if ('error' in image) {
          failed += 1;
          line.err(`grodin: ${printableLine(image.error)}\n`);
          continue;
        }
        if (shape === null) yield npyHeader([paths.length, ...image.shape]);
        shape = image.shape;
        // What is read after an image failed is only looked at: the file would have a place too few.
        if (failed === 0) yield npyElements(image.input);
      }
    if (failed > 0)
      throw new InputError(
        `${failed} of ${paths.length} images could not be preprocessed; nothing was written`,
      );
  };
  await writeOutput(out, content, async () => undefined);
  if (shape === null) throw new TypeError('no image was preprocessed');
  return shape;
}
