import { type Command, Option } from 'commander';
import { type CorruptionSetting, corruptionCell } from '../../../manifests/imagenet/corruptions.js';
import { InputError } from '../../../stages/errors.js';
import { resolveCorruption } from '../../../workers/images/corruptions/parse-corruption.js';
import { integerOption } from './numbers.js';

/** The values of the options of `corruptionOptions`. */
export interface CorruptionFlags {
  readonly corrupt?: string;
  readonly corruptionSeed?: number;
  readonly frostTextures?: string;
}

/** Adds `--corrupt CELL` and what it goes with. */
export function corruptionOptions(command: Command): Command {
  return command
    .addOption(
      new Option(
        '--corrupt <corruption:severity>',
        "give images a corruption of ImageNet-C first, for example glass_blur:5; its draws depend on the seed and an image's path",
      ),
    )
    .addOption(corruptionSeedOption())
    .addOption(frostTexturesOption());
}

/** `--corruption-seed N` */
export function corruptionSeedOption(): Option {
  return new Option('--corruption-seed <n>', 'seed of the draws (default: 0)').argParser(integerOption(0));
}

/** `--frost-textures DIR` */
export function frostTexturesOption(): Option {
  return new Option(
    '--frost-textures <dir>',
    "the folder of frost's photographs: frost1.png … frost5.jpg of github.com/hendrycks/robustness, ImageNet-C/create_c",
  );
}

/**
 * The corruption that the options ask for; undefined where they ask for none.
 * @throws InputError naming the option at fault
 */
export async function corruptionOf({
  corrupt,
  corruptionSeed,
  frostTextures,
}: CorruptionFlags): Promise<CorruptionSetting | undefined> {
  if (corrupt === undefined) {
    for (const [option, value] of [
      ['--corruption-seed', corruptionSeed],
      ['--frost-textures', frostTextures],
    ])
      if (value !== undefined)
        throw new InputError(`${option}: is part of a corruption; name it with --corrupt`);
    return undefined;
  }
  const fault = (text: string): InputError => new InputError(`--corrupt: ${text}`);
  const written = {
    ...corruptionCell(corrupt, fault),
    seed: corruptionSeed ?? 0,
    ...(frostTextures === undefined ? {} : { textures: frostTextures }),
  };
  return resolveCorruption(written, process.cwd(), '--frost-textures', fault);
}
