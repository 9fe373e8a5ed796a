import { type Command, Option } from 'commander';
import { InputError } from '../../../stages/errors.js';
import type { DetectorChoice } from '../../deployment/found-detector.js';

/** Values of the options by which a detector of a run is named. */
export interface DetectorFlags {
  readonly from?: string;
  readonly detector?: string;
  readonly outliers?: string;
  readonly modelName?: string;
}

/** `--from DIR --detector NAME --outliers SET`: a detector that a run has found. */
export function detectorOptions(command: Command, does: string): Command {
  return command
    .addOption(new Option('--from <dir>', `${does} a finished run has found for the model`))
    .addOption(new Option('--detector <name>', 'with --from: which detector, for example G'))
    .addOption(
      new Option(
        '--outliers <set>',
        'with --from: the outlier set that ε and T were chosen for (default: the only one)',
      ),
    )
    .addOption(
      new Option(
        '--model-name <name>',
        "with --from: the model's name in the experiment, where several are of the same file",
      ),
    );
}

/**
 * The detector that was named.
 * @param without options that say what the run says, by their keys
 * @returns null where none was
 * @throws InputError where options don't go together
 */
export function detectorOf(
  command: Command,
  { from, detector, outliers, modelName }: DetectorFlags,
  without: readonly string[],
): DetectorChoice | null {
  const given = command.options.filter(
    (option) => command.getOptionValueSource(option.attributeName()) === 'cli',
  );
  const named = (keys: readonly string[]): string | undefined =>
    given.find((option) => keys.includes(option.attributeName()))?.long;
  if (from === undefined) {
    const alone = named(['detector', 'outliers', 'modelName']);
    if (alone === undefined) return null;
    throw new InputError(`${alone}: is about a run; name its directory with --from DIR`);
  }
  const both = named(without);
  if (both !== undefined)
    throw new InputError(`${both}: with --from it is what the run was made with; leave it out`);
  if (detector === undefined)
    throw new InputError('--from: say which detector of the run is meant, for example --detector G');
  return { from, detector, outliers, model: modelName };
}
