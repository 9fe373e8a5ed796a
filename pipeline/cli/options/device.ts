import { Option } from 'commander';
import { deviceKinds } from '../../../workers/devices/index.js';

/**
 * `--device NAME[:WHICH,…]`; its value is text, see `selectDevices`.
 * @param usual the default, in words for the help text
 */
export function deviceOption(usual = '"device", or cpu'): Option {
  const names = deviceKinds.map(({ name, choice }) => (choice === null ? name : `${name}[:…]`)).join(', ');
  return new Option(
    '--device <device>',
    `the device that scores are computed on: ${names}, auto (default: ${usual})`,
  );
}

/**
 * `--precision`: the precision that an engine computes in.
 * @param consequence what choosing another precision leads to, in words for the help text
 */
export function precisionOption(consequence = 'scores of another precision are another run'): Option {
  return new Option(
    '--precision <precision>',
    `the precision that a GPU computes in (default: fp32); ${consequence}`,
  ).choices(['fp32', 'tf32', 'fp16']);
}
