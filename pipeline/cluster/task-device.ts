import { InputError } from '../../stages/errors.js';
import { deviceKind } from '../../workers/devices/index.js';

/** What is known of a task before it runs. */
export interface TaskDevice {
  /** As `--device` says it. */
  readonly asked: string | undefined;
  /** The experiment's own. */
  readonly ofExperiment: string;
  /** Whether the task is given GPUs. */
  readonly hasGpus: boolean;
  /** What is said where it is given none and scores on one, as where the cluster may give them unasked. */
  readonly withoutGpus: string;
}

/**
 * What tasks are told to score on: GPUs that were asked for are used. Undefined leaves it to the experiment.
 * @param note told what was decided that the user may not expect
 * @throws InputError where the device doesn't go with the GPUs
 */
export function taskDevice(
  { asked, ofExperiment, hasGpus, withoutGpus }: TaskDevice,
  note: (text: string) => void,
): string | undefined {
  const device = asked ?? ofExperiment;
  if (device === 'auto') return asked;
  const onCores = deviceKind(device.split(':')[0] ?? '').eachHas === 'cores';
  if (hasGpus) {
    if (!onCores) return asked;
    if (asked !== undefined)
      throw new InputError(
        `--device: found ${asked}, which leaves the GPUs idle that are asked for; take another device, or ask for none`,
      );
    note('each task has GPUs: they are used by --device cuda; --device says otherwise');
    return 'cuda';
  }
  if (!onCores) note(`--device ${device}: no GPUs are asked for; ${withoutGpus}`);
  return asked;
}
