import { type Attribute, channelsLastDomain, type Graph, type Node } from '../../stages/onnx/model.js';

/** A node whose result is off while what it reads is not. */
export interface Birth {
  /** Its type, and whether it works in channels-last order. */
  readonly operation: string;
  /** For example `5×180`; empty for an input that is left out. */
  readonly inputs: readonly string[];
  /** For example `transB 1`. */
  readonly attributes: readonly string[];
  /** The largest error of what it reads, in parts of the largest element. */
  readonly before: number;
  /** That of what it gives. */
  readonly after: number;
}

/** Single precision adds up to less than this in one operation of a golden network. */
const least = 1e-5;
/** An error is born where those of all inputs are below this part of it; otherwise it only passes through. */
const inherited = 0.2;

/**
 * The nodes where errors are born: above 1e-5, where those of all inputs are below a fifth of that error. Steps, such
 * as a sign, bear errors of their own where an input lies next to them.
 * @param errors of the values that were compared, by name
 */
export function birthsOf(graph: Graph, errors: ReadonlyMap<string, number>): readonly Birth[] {
  const largest = (names: readonly string[]): number =>
    names.reduce((most, name) => Math.max(most, errors.get(name) ?? 0), 0);
  return graph.nodes.flatMap((node) => {
    const [before, after] = [largest(node.inputs), largest(node.outputs)];
    if (!(after > least && before < inherited * after)) return [];
    return [{ ...shownNode(node, graph), before, after }];
  });
}

function shownNode(
  { type, domain, inputs, attributes }: Node,
  { values, initializers }: Graph,
): Omit<Birth, 'before' | 'after'> {
  const shape = (name: string): string =>
    (values?.get(name)?.dims ?? initializers.get(name)?.dims ?? []).join('×');
  return {
    operation: domain === channelsLastDomain ? `${type}, channels last` : type,
    inputs: inputs.map(shape),
    attributes: [...attributes].flatMap(([name, attribute]) => shownAttribute(name, attribute)),
  };
}

function shownAttribute(name: string, attribute: Attribute): readonly string[] {
  return attribute.kind === 'tensor' || attribute.kind === 'unsupported'
    ? []
    : [`${name} ${attribute.value}`];
}

/**
 * The largest difference between two tensors in parts of the reference's largest element, or as it is where that is 0; 1
 * where an element is finite in one of them alone.
 */
export function relativeError(found: ArrayLike<number>, reference: ArrayLike<number>): number {
  let [difference, scale] = [0, 0];
  for (let at = 0; at < reference.length; at++) {
    const [a, b] = [found[at] ?? Number.NaN, reference[at] ?? Number.NaN];
    if (Object.is(a, b)) continue;
    if (!Number.isFinite(a) || !Number.isFinite(b)) return 1;
    difference = Math.max(difference, Math.abs(a - b));
  }
  for (let at = 0; at < reference.length; at++) {
    const size = Math.abs(reference[at] ?? 0);
    if (Number.isFinite(size)) scale = Math.max(scale, size);
  }
  return scale === 0 ? difference : difference / scale;
}
