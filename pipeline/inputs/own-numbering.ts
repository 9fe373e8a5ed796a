import { printableLine } from '../../manifests/input/printable.js';
import type { Manifest } from '../../manifests/manifest.js';
import type { OpenSet } from '../opening/opened.js';

/** So many sets are named. */
const NAMED = 5;

/**
 * Sets whose labels are 0 to n − 1 where the in-domain set has more classes: so are class folders numbered that are listed by
 * themselves, as those of a set of textures, or of 200 of ImageNet's classes. As classes of the network they would make
 * accuracy, calibration and OSCR wrong unnoticed. What is corrupted when it is read has its labels from elsewhere.
 */
export function ownNumberingNotes({
  sets,
}: {
  readonly sets: readonly Pick<OpenSet, 'name' | 'role' | 'rows'>[];
}): readonly string[] {
  const inDomain = sets.find(({ role }) => role === 'in-domain');
  const last = inDomain === undefined ? -1 : Math.max(-1, ...labelsOf(inDomain.rows));
  const found: { name: string; classes: number }[] = [];
  for (const { name, role, rows } of sets) {
    if (role === 'in-domain' || rows.corrupt !== undefined) continue;
    const labels = labelsOf(rows);
    // Distinct and from 0 on, they are 0 to n − 1 where none is beyond.
    if (labels.size > 0 && labels.size <= last && Math.max(...labels) === labels.size - 1)
      found.push({ name, classes: labels.size });
  }
  if (found.length === 0) return [];
  const listed = found
    .slice(0, NAMED)
    .map(({ name, classes }) => `"${name}" are ${classes === 1 ? 'all 0' : `0 to ${classes - 1}`}`);
  const more = found.length > NAMED ? ` (and ${found.length - NAMED} more sets)` : '';
  return [
    printableLine(
      `labels of ${listed.join(', of ')}${more}, and those of "${inDomain?.name}" go to ${last}: class folders that are listed by themselves ` +
        "are numbered so; where they are not the networks' first classes, accuracy and calibration mean nothing: build the manifest with " +
        '--no-labels, or with --classes',
    ),
  ];
}

function labelsOf({ rows }: Manifest): ReadonlySet<number> {
  const labels = new Set<number>();
  for (let row = 0; row < rows.length; row += 1) {
    const label = rows.labelAt(row);
    if (label !== null) labels.add(label);
  }
  return labels;
}
