import { printableLine } from '../../manifests/input/printable.js';
import type { Preprocess, Sides } from '../../workers/images/preprocess.js';
import { presetOf } from '../../workers/images/presets.js';
import type { OpenExperiment } from '../opening/opened.js';

/**
 * Where models preprocess images otherwise than the first line of their manifest says that they are stored: in a line for each model
 * and kind of stored images, whatever the number of sets. Means and deviations are the network's own, and don't count.
 */
export function preprocessNotes({
  models,
  sets,
}: Pick<OpenExperiment, 'models' | 'sets'>): readonly string[] {
  const kinds = new Map<string, string[]>();
  for (const { name, rows } of sets) {
    const stored = rows.header?.preprocess;
    if (stored) kinds.set(stored, [...(kinds.get(stored) ?? []), name]);
  }
  const notes: string[] = [];
  for (const [name, [first = '', ...others]] of kinds) {
    const stored = presetOf(name);
    const of = `set "${first}"${others.length > 0 ? ` (and ${others.length} more)` : ''}`;
    if (stored === null)
      notes.push(
        `${of}: its manifest's first line says preprocessing "${name}", which is no preset; it is not heeded`,
      );
    else
      for (const model of models) {
        const fault = contradiction(stored, model.preprocess);
        if (fault !== null)
          notes.push(
            `${of}: its manifest says that images are stored for preprocessing "${name}", but model "${model.name}" ${fault}; ` +
              'scores are of what the model says',
          );
      }
  }
  return notes.map(printableLine);
}

/** What is done to images, in words, that they are not stored for; null where it may be meant. */
function contradiction(stored: Preprocess, used: Preprocess): string | null {
  // Photographs of all sizes are resized one way or another.
  if (stored.resize !== null && stored.crop !== null)
    return used.resize === null ? 'does not resize them, and takes their centre alone' : null;
  const size = stored.resize ?? stored.crop;
  if (used.resize === null || size === null || sameSides(used.resize, size)) return null;
  return `resizes them to ${JSON.stringify(used.resize)}`;
}

function sameSides(a: Sides, b: Sides): boolean {
  const both = (sides: Sides): string => JSON.stringify(typeof sides === 'number' ? [sides, sides] : sides);
  return both(a) === both(b);
}
