import { printableLine } from '../../manifests/input/printable.js';
import { addTo } from '../../stages/grouped.js';
import {
  bothSides,
  changedPreprocess,
  type Preprocess,
  type Sides,
} from '../../workers/images/preprocess.js';
import { presetOf } from '../../workers/images/presets.js';
import type { OpenExperiment, OpenSet } from '../opening/opened.js';

/**
 * Where models preprocess images otherwise than the first line of their manifest says that they are stored: in a line for each model
 * and kind of stored images, whatever the number of sets. Means and deviations are the network's own, and don't count.
 */
export function preprocessNotes({
  models,
  sets,
}: Pick<OpenExperiment, 'models' | 'sets'>): readonly string[] {
  const kinds = new Map<string, OpenSet[]>();
  for (const set of sets) {
    const stored = set.rows.header?.preprocess;
    // What is corrupted is cropped before, whatever it was stored for.
    if (stored && set.rows.corrupt === undefined)
      addTo(kinds, JSON.stringify([stored, set.preprocess ?? null]), set);
  }
  const notes: string[] = [];
  for (const [first, ...others] of kinds.values()) {
    const name = first?.rows.header?.preprocess;
    if (!first || !name) continue;
    const stored = presetOf(name);
    const of = `set "${first.name}"${others.length > 0 ? ` (and ${others.length} more)` : ''}`;
    if (stored === null)
      notes.push(
        `${of}: its manifest's first line says preprocessing "${name}", which is no preset; it is not heeded`,
      );
    else
      for (const model of models) {
        const fault = contradiction(stored, changedPreprocess(model.preprocess, first.preprocess));
        if (fault !== null)
          notes.push(
            `${of}: its manifest says that images are stored for preprocessing "${name}", but model "${model.name}" ${fault}; ` +
              'scores are of what the experiment says',
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
  return String(bothSides(a)) === String(bothSides(b));
}
