import { ModelError } from '../errors.js';
import { shown } from '../shown.js';
import type { Node, ValueInfo } from './model.js';

/**
 * Each tensor of a graph has one source: a node, an initialiser or an input (which may name an initialiser, as a
 * default, in old files).
 * @param initializers names
 * @throws ModelError naming the tensor that has two
 */
export function requireOneSource(
  nodes: readonly Pick<Node, 'name' | 'outputs'>[],
  initializers: readonly string[],
  inputs: readonly ValueInfo[],
): void {
  const sources = new Map<string, string>();
  const declare = (name: string, source: string): void => {
    const other = sources.get(name);
    if (other !== undefined)
      throw new ModelError(
        `tensor ${shown(name)} comes from ${other} and from ${source}; the file is damaged`,
      );
    sources.set(name, source);
  };
  for (const name of initializers) if (name !== '') declare(name, 'an initialiser');
  const declared = new Set(initializers);
  for (const { name } of inputs) if (!declared.has(name)) declare(name, 'an input of the graph');
  for (const node of nodes)
    for (const output of node.outputs) if (output !== '') declare(output, `node ${shown(node.name)}`);
}
