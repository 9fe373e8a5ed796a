import { InputError } from '../../../stages/errors.js';

/**
 * Refuses what would change what is submitted again.
 * @param besides names of options that may stand beside `--resume`
 */
export function requireNothingBesideResume(
  experiment: string | undefined,
  options: object,
  besides: readonly string[],
): void {
  const [other] = Object.keys(options).filter((name) => !besides.includes(name));
  if (experiment === undefined && other === undefined) return;
  const what = experiment === undefined ? `--${kebab(other ?? '')}` : 'an experiment';
  throw new InputError(
    `--resume: found ${what} too, but what was written is submitted as it is; edit it, or submit anew without --resume`,
  );
}

function kebab(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
