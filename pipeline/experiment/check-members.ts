import { inputFault, type ValueSource } from '../../manifests/input/input-fault.js';
import { show } from '../../manifests/input/show.js';
import { didYouMean } from '../../manifests/input/suggestion.js';

/**
 * Checks that each name of a list is one of those known, and stands there once.
 * @param at where the nth name stands
 * @param whatIs what a name should be, for example `no model`, and what to do about one that is not
 * @throws InputError naming the first that is not
 */
export function checkMembers(
  at: (index: number) => ValueSource,
  names: readonly string[],
  known: readonly string[],
  [isNone, remedy]: readonly [isNone: string, remedy: string],
): void {
  for (const [index, name] of names.entries()) {
    if (!known.includes(name))
      throw inputFault(
        at(index),
        `found ${show(name)}, which is ${isNone}${didYouMean(name, known) || remedy}`,
      );
    if (names.indexOf(name) < index) throw inputFault(at(index), `found ${show(name)} twice; drop one`);
  }
}

/** What is at fault where something reads logits and none are kept. */
export function withoutLogits(at: ValueSource, name: string | undefined) {
  return inputFault(at, `${show(name)} reads logits, but "logits" is false; drop one of the two`);
}
