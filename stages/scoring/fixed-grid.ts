import type { Classifier } from '../import/classifier.js';
import { shown } from '../shown.js';

/** What users of scores should know of a network that samples at a constant grid, or null. */
export function fixedGridNote({ nodes }: Pick<Classifier, 'nodes'>): string | null {
  const node = nodes.find(({ type, domain }) => type === 'GridSample' && domain === '');
  return node
    ? `operation GridSample, node ${shown(node.name)}: where it reads counts as no parameter; if its grid was learnt, that part of the gradient is left out`
    : null;
}
