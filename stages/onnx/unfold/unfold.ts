import { ModelError } from '../../errors.js';
import { listed, shown } from '../../shown.js';
import type { AttributeShell, NodeShell } from '../decode-node.js';
import { withBranches } from './branches.js';
import type { LocalFunction } from './local-function.js';
import { FreshNames, nameWithin } from './names.js';
import { isConstant, SharedConstants } from './shared-constants.js';

/** How deep functions may call each other. */
const deepest = 64;
/** Nodes, their inputs, outputs and attributes, that functions may unfold to: a few small functions can stand for any number. */
const largest = 2 ** 19;

/**
 * The nodes of a graph with those of local functions in place of their calls, and those of branches among them.
 * @param others names that are taken beside those that the nodes make
 * @throws ModelError for functions that call themselves or lie too deep, and for too many nodes; nothing is unfolded then
 */
export function unfold(
  written: readonly NodeShell[],
  functions: readonly LocalFunction[],
  others: readonly string[],
): readonly NodeShell[] {
  const shells = withBranches(written, others);
  if (functions.length === 0) return shells;
  const byKey = new Map<string, LocalFunction>();
  for (const one of functions) {
    if (byKey.has(keyOf(one)))
      throw new ModelError(`local function ${nameOf(one)} is there twice; the file is damaged`);
    byKey.set(keyOf(one), one);
  }
  const calledBy = ({ node, overload }: NodeShell): LocalFunction | undefined =>
    byKey.get(keyOf({ domain: node.domain, name: node.type, overload }));
  requireBounded(shells, calledBy);
  const names = new FreshNames([...others, ...shells.flatMap(({ node }) => node.outputs)]);
  const constants = new SharedConstants();
  const unfolded: NodeShell[] = [];
  const place = (shell: NodeShell): void => {
    const called = calledBy(shell);
    if (called) for (const inner of bodyOf(called, shell, names, constants)) place(inner);
    else unfolded.push(shell);
  };
  shells.forEach(place);
  return constants.asRead(unfolded);
}

type Named = Pick<LocalFunction, 'domain' | 'name' | 'overload'>;

const keyOf = ({ domain, name, overload }: Named): string => JSON.stringify([domain, name, overload]);

const nameOf = ({ domain, name }: Named): string => shown(domain === '' ? name : `${domain}.${name}`);

/** Counts what is there to unfold before anything is. */
function requireBounded(
  shells: readonly NodeShell[],
  calledBy: (shell: NodeShell) => LocalFunction | undefined,
): void {
  const known = new Map<LocalFunction, { readonly size: number; readonly depth: number }>();
  const open: LocalFunction[] = [];
  const measure = (called: LocalFunction): { readonly size: number; readonly depth: number } => {
    const found = known.get(called);
    if (found) return found;
    const start = open.indexOf(called);
    if (start >= 0)
      throw new ModelError(
        `local function ${nameOf(called)} calls itself (${listed([...open.slice(start), called].map(nameOf))}); export the model without functions`,
      );
    open.push(called);
    if (open.length > deepest) throw tooDeep(called);
    let [size, depth] = [1, 1];
    for (const shell of called.shells) {
      const inner = calledBy(shell);
      const part = inner ? measure(inner) : null;
      size += entriesOf(shell) + (part?.size ?? 0);
      depth = Math.max(depth, 1 + (part?.depth ?? 0));
    }
    if (depth > deepest) throw tooDeep(called);
    open.pop();
    known.set(called, { size, depth });
    return { size, depth };
  };
  let size = 0;
  for (const shell of shells) {
    const called = calledBy(shell);
    if (called) size += measure(called).size;
    if (size > largest)
      throw new ModelError(
        `operation ${shown(shell.node.type)}, node ${shown(shell.node.name)}: the local functions of the model unfold to more than ${largest} nodes and names; export the model without functions`,
      );
  }
}

const tooDeep = (called: LocalFunction): ModelError =>
  new ModelError(
    `local function ${nameOf(called)} lies more than ${deepest} calls deep; export the model without functions`,
  );

const entriesOf = ({ node, attributes }: NodeShell): number =>
  1 + node.inputs.length + node.outputs.length + attributes.length + (node.guards?.length ?? 0);

/** The nodes of a function for one call: by names of their own, with the call's inputs, outputs and attributes. */
function bodyOf(
  called: LocalFunction,
  call: NodeShell,
  names: FreshNames,
  constants: SharedConstants,
): readonly NodeShell[] {
  const { node } = call;
  const what = `operation ${shown(node.type)}, node ${shown(node.name)}`;
  for (const side of ['inputs', 'outputs'] as const)
    if (node[side].length > called[side].length)
      throw new ModelError(
        `${what}: has ${node[side].length} ${side}, and the local function that it calls ${called[side].length}; the file is damaged`,
      );
  const made = new Set(called.shells.flatMap(({ node: inner }) => inner.outputs));
  // An input may be left out, and then so is what reads it.
  const renamed = new Map(called.inputs.map((name, index) => [name, node.inputs[index] ?? '']));
  const known = constants.of(called);
  for (const [name, shared] of known) renamed.set(name, shared);
  const isConditional = (node.guards ?? []).length > 0;
  const copies: [from: string, to: string][] = [];
  called.outputs.forEach((name, index) => {
    const output = node.outputs[index] ?? '';
    if (output === '') return;
    const shared = known.get(name);
    if (shared !== undefined && !isConditional) constants.replace(output, shared);
    // What a function hands on, or gives twice, is copied.
    if (made.has(name) && !renamed.has(name)) renamed.set(name, output);
    else copies.push([name, output]);
  });
  const rename = (name: string): string => {
    if (name === '') return '';
    const known = renamed.get(name) ?? names.take(nameWithin(node.name, name));
    renamed.set(name, known);
    return known;
  };
  const guards = (inner: NodeShell['node']) => [
    ...(node.guards ?? []),
    ...(inner.guards ?? []).map(({ condition, value }) => ({ condition: rename(condition), value })),
  ];
  const body = called.shells.flatMap((shell): NodeShell[] => {
    const [own = ''] = shell.node.outputs;
    if (known.has(own) && isConstant(shell)) return [];
    const isShared = isConstant(shell) && !(isConditional && called.outputs.includes(own));
    if (isShared) constants.keep(called, own, rename(own));
    // What is the same in every call is there whichever branches are taken.
    const around = isShared ? [] : guards(shell.node);
    return [
      {
        ...shell,
        attributes: shell.attributes.flatMap((attribute) =>
          passed(attribute, call.attributes, called.defaults),
        ),
        node: {
          ...shell.node,
          name: nameWithin(node.name, shell.node.name),
          inputs: shell.node.inputs.map(rename),
          outputs: shell.node.outputs.map(rename),
          ...(called.opset === undefined ? {} : { opset: called.opset }),
          ...(around.length === 0 ? {} : { guards: around }),
        },
      },
    ];
  });
  return [...body, ...copies.map(([from, to]) => copyOf(rename(from), to, node))];
}

/** An attribute of a function's node as a call has it: none where the call leaves out what it refers to. */
function passed(
  attribute: AttributeShell,
  given: readonly AttributeShell[],
  defaults: readonly AttributeShell[],
): readonly AttributeShell[] {
  const { name, reference } = attribute;
  if (reference === '') return [attribute];
  const isMeant = (one: AttributeShell): boolean => one.name === reference;
  const value = given.find(isMeant) ?? defaults.find(isMeant);
  return value ? [{ ...value, name }] : [];
}

function copyOf(from: string, to: string, { name, guards }: NodeShell['node']): NodeShell {
  const node = { name: nameWithin(name, to), type: 'Identity', domain: '', inputs: [from], outputs: [to] };
  return { node: { ...node, ...(guards ? { guards } : {}) }, overload: '', attributes: [] };
}
