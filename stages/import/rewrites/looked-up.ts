import { int } from '../../graph/builder.js';
import type { Node, Tensor } from '../../onnx/model.js';
import { producersOf, readersOf } from '../../onnx/wiring.js';
import { intAttribute } from '../attributes.js';
import { Primitives } from './primitives.js';

/**
 * Nodes in which tables that are looked up at places which are the same for each image, such as `position_ids.expand(n, -1)`
 * and `torch.zeros(n, length, dtype=torch.long)`, are looked up once, and what is found is repeated: whole numbers for each
 * image are no values here.
 */
export function withPlacesLookedUpOnce(
  nodes: readonly Node[],
  initializers: ReadonlyMap<string, Tensor>,
): readonly Node[] {
  const producers = producersOf(nodes);
  const isTable = (name: string): boolean => {
    const copy = producers.get(name);
    const tensor = initializers.get(copy?.type === 'Identity' ? (copy.inputs[0] ?? '') : name);
    return tensor?.type === 'float32' && tensor.dims.length > 1;
  };
  const placesOf = (node: Node): Node | undefined => {
    const [table = '', places = ''] = node.inputs;
    const isLookUp =
      node.type === 'Gather' && node.domain === '' && intAttribute(node, 'axis', 0) === 0 && isTable(table);
    const maker = isLookUp ? producers.get(places) : undefined;
    return maker?.domain === '' && (maker.type === 'Expand' || fillsWithPlace(maker) !== null)
      ? maker
      : undefined;
  };
  if (!nodes.some(placesOf)) return nodes;
  const replaced = nodes.flatMap((node) => {
    const maker = placesOf(node);
    return maker ? lookedUpOnce(node, maker) : [node];
  });
  const before = readersOf(nodes);
  const after = readersOf(replaced);
  return replaced.filter(({ outputs }) => !outputs.some((name) => before.has(name) && !after.has(name)));
}

function lookedUpOnce(node: Node, maker: Node): Node[] {
  const made = new Primitives(node);
  const table = made.input(0);
  const place = fillsWithPlace(maker);
  const [own = '', shape = ''] = place === null ? maker.inputs : [made.places([place], []), maker.inputs[0]];
  const rows = made.step('Gather', [table, own], { axis: int(0) });
  const ends = [made.integers([1]), made.integers([Number.MAX_SAFE_INTEGER]), made.integers([0])];
  const row = made.step('Slice', [made.step('Shape', [table]), ...ends]);
  return made.ending('Expand', [rows, made.step('Concat', [shape, row], { axis: int(0) })]);
}

/** The whole number that a node fills a tensor with, or null. */
function fillsWithPlace({ type, attributes }: Node): number | null {
  const value = type === 'ConstantOfShape' ? attributes.get('value') : undefined;
  return value?.kind === 'tensor' && value.value.type === 'int64' ? Number(value.value.data[0]) : null;
}
