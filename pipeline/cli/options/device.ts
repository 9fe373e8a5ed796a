import { Option } from 'commander';
import { deviceKinds } from '../../../workers/devices/index.js';

/**
 * `--device NAME[:WHICH,…]`; its value is text, see `selectDevices`.
 * @param usual what it is where nobody says, in words
 */
export function deviceOption(usual = '"device", or cpu'): Option {
  const names = deviceKinds.map(({ name, choice }) => (choice === null ? name : `${name}[:…]`)).join(', ');
  return new Option('--device <device>', `what scores are made on: ${names}, auto (default: ${usual})`);
}

/**
 * `--precision`: how an engine rounds inside.
 * @param consequence what another than the usual one means, in words
 */
export function precisionOption(consequence = 'scores of another precision are another run'): Option {
  return new Option(
    '--precision <precision>',
    `how a GPU rounds inside (default: fp32); ${consequence}`,
  ).choices(['fp32', 'tf32', 'fp16']);
}
