import type { OpenExperiment } from '../opening/opened.js';
import type { SeenImages } from './seen-images.js';

/**
 * What to know of a finished run some of whose images are gone: its scores are of them as they were, and need them no more.
 * @returns null where all are there
 */
export function goneText({ sets }: Pick<OpenExperiment, 'sets'>, seen: SeenImages): string | null {
  const gone = sets.flatMap(({ name, split }) => {
    const view = seen.get(name);
    const rows = [...split.validation, ...split.test].filter((row) => view?.stateAt(row) === null);
    return rows.length === 0 ? [] : [{ name, count: rows.length }];
  });
  if (gone.length === 0) return null;
  const total = gone.reduce((sum, { count }) => sum + count, 0);
  const names = gone.map(({ name, count }) => `${name} (${count})`).join(', ');
  return (
    `${total} ${total === 1 ? 'image is' : 'images are'} not there any more: ${names}; what was scored of them is kept, and the files are ` +
    'needed again only where the experiment grows'
  );
}
