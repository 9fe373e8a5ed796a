import { usualCorruptions } from '../corruptions.js';
import { show } from '../input/show.js';
import { byBytes } from './image-order.js';

/**
 * What a user should know of corruptions by other names than the usual 19: those of ImageNet-C-bar, of ImageNet-3DCC and of
 * people's own are welcome, and misspelt ones are not.
 * @param source as messages name it
 * @returns one sentence, or none
 */
export function otherCorruptions(source: string, corruptions: Iterable<string>): readonly string[] {
  const others = [...new Set(corruptions)].filter((name) => !usualCorruptions.includes(name)).sort(byBytes);
  if (others.length === 0) return [];
  return [
    `${source}: not of ImageNet-C's 19 corruptions: ${others.map(show).join(', ')}; their sets are written, and means over corruptions count them: ` +
      'rename or remove them if that is not meant',
  ];
}
