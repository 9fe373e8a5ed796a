import { ModelError } from '../errors.js';
import { addTo } from '../grouped.js';
import type { Origin } from '../import/operand.js';
import type { Tensor } from '../onnx/model.js';
import { producersOf } from '../onnx/wiring.js';
import { leaf } from '../operations/leaf.js';
import type { ParameterRole } from '../operations/operation.js';
import { call, setting } from '../setting.js';
import { listed } from '../shown.js';
import { literalsOf } from './literal-tensors.js';
import type { Parameter, ParameterOptions, ParameterUse } from './parameter.js';
import { parameterNames } from './parameter-names.js';
import { patternsOf } from './patterns.js';
import type { TapeStep } from './recorder.js';
import { type Tape, type WiredStep, wiredSteps } from './tape.js';

/** A floating-point tensor in the place of a parameter or beside one, that is none. */
export interface NotAParameter {
  readonly name: string;
  readonly dims: readonly number[];
  readonly node: string;
  readonly reason: string;
}

export interface ParameterDecisions {
  readonly parameters: readonly Parameter[];
  readonly others: readonly NotAParameter[];
}

/**
 * Decides by use which tensors are parameters, and which uses are of one and the same. A statistic is never a
 * parameter, even where a parameter shares its tensor.
 */
export function decideParameters(tape: Tape, options: ParameterOptions = {}): ParameterDecisions {
  const uses: ParameterUse[] = [];
  const others: NotAParameter[] = [];
  const tensors = new Map<string, Tensor>();
  // The first to make a value: Identity and Dropout hand on what they read.
  const producers = producersOf(wiredSteps(tape).toReversed());
  const literalReason = literalsOf(tape);
  const isLiteral = patternsOf(options.literals ?? []);
  const isTrainable = patternsOf(options.trainable ?? []);
  const decided = new Set<string>();
  for (const step of tape.steps)
    for (const [key, slotRole] of Object.entries(step.operation.slots ?? {})) {
      const slot = Number(key);
      const operand = step.context.operands[slot];
      if (operand?.kind !== 'constant' || operand.tensor.type !== 'float32' || !operand.origin) continue;
      const { origin } = operand;
      const other = (reason: string) =>
        others.push({ name: origin.name, dims: origin.dims, node: step.context.node.name, reason });
      if ('statistic' in slotRole) {
        other(`${slotRole.statistic}: a constant in evaluation mode`);
        continue;
      }
      decided.add(origin.name);
      const reason = isLiteral(origin.name)
        ? `a literal by ${setting('literals')}`
        : isTrainable(origin.name)
          ? null
          : literalReason(step, slot, { ...operand, tensor: operand.tensor });
      if (reason !== null) other(reason);
      else {
        uses.push({ step, slot, role: roleIn(step, slotRole.parameter, producers), origin });
        tensors.set(origin.name, operand.tensor);
      }
    }
  const names = new Set(uses.map(({ origin }) => origin.name));
  requireMatches('tie', options.tie, names);
  requireMatches('untie', options.untie, names);
  requireMatches('literals', options.literals, decided);
  requireMatches('trainable', options.trainable, decided);
  return { parameters: groupUses(uses, tensors, options), others };
}

/** A pattern that names nothing is a slip of the pen, and would go unnoticed in the scores. */
function requireMatches(
  what: 'tie' | 'untie' | 'literals' | 'trainable',
  patterns: readonly string[] | undefined,
  names: ReadonlySet<string>,
): void {
  const idle = patterns?.find((pattern) => {
    const matches = patternsOf([pattern]);
    return ![...names].some(matches);
  });
  if (idle !== undefined)
    throw new ModelError(
      `${what} pattern ${JSON.stringify(idle)} matches no parameter; list them with: ${call('listParameters')}`,
    );
}

/** A shift right after a linear layer is its bias; a product of two activations is none. */
function roleIn(
  step: TapeStep,
  role: ParameterRole,
  producers: ReadonlyMap<string, WiredStep>,
): ParameterRole {
  if (role !== 'shift' || step.operation.weighted) return role;
  const addends = step.context.operands.map((operand) =>
    operand?.kind === 'activation' ? addendOf(producers.get(operand.value.name)?.step) : undefined,
  );
  return addends.find((addend) => addend !== undefined) ?? role;
}

function addendOf(step: TapeStep | undefined): ParameterRole | undefined {
  return step?.context.operands[1]?.kind === 'constant' ? step.operation.addend : undefined;
}

function groupUses(
  uses: readonly ParameterUse[],
  tensors: ReadonlyMap<string, Tensor>,
  options: ParameterOptions,
): Parameter[] {
  const groups = new Map<string, ParameterUse[]>();
  const names = parameterNames(uses, tensors, options);
  uses.forEach((use, index) => {
    addTo(groups, names[index] ?? use.origin.name, use);
  });
  requireApart(groups);
  const isScored = patternsOf(options.parameters ?? ['*']);
  return [...groups].map(([name, members]) => toParameter(name, members, isScored));
}

/** @throws ModelError where parts of θ are one value of the graph, at which their gradients arrive as one sum */
function requireApart(groups: ReadonlyMap<string, readonly ParameterUse[]>): void {
  const owners = new Map<string, string>();
  for (const [name, uses] of groups)
    for (const { step, origin } of uses) {
      const value = step.operation.type === leaf.type ? step.outputs[0]?.name : undefined;
      if (value === undefined) continue;
      const owner = owners.get(value) ?? name;
      if (owner !== name)
        throw new ModelError(
          `${setting('untie')}: ${JSON.stringify(origin.name)} is computed with as one value in several places, so that it can't be a parameter in each; leave it out, or give the file a copy of it for each place`,
        );
      owners.set(value, owner);
    }
}

function toParameter(
  name: string,
  uses: readonly ParameterUse[],
  isScored: (name: string) => boolean,
): Parameter {
  const [first] = uses;
  if (!first) throw new TypeError('a parameter has at least one use');
  const roles = new Set(uses.map((use) => use.role));
  const scored = isScored(name) || [...roles].some((role) => isScored(`role:${role}`));
  const names = new Set(uses.map((use) => use.origin.name));
  const sharing =
    uses.length > 1
      ? names.size > 1
        ? `tied by ${setting('tie')}: ${listed([...names])}`
        : `tied: one tensor in ${uses.length} parameter slots`
      : describeOrigin(name, first.origin);
  const doubt = uses.find(({ step }) => step.operation.doubt !== undefined)?.step.operation.doubt ?? null;
  return {
    name,
    role: first.role,
    dims: first.origin.dims,
    uses,
    scored,
    reason: [
      sharing,
      ...(doubt === null ? [] : [`${doubt}: ${setting('literals')} if it is none`]),
      ...(scored ? [] : ['left out of θ by the parameter patterns']),
    ].join('; '),
    doubt,
  };
}

function describeOrigin(name: string, origin: Origin): string {
  if (name !== origin.name) return `untied by ${setting('untie')}: its own parameter in each slot`;
  switch (origin.declared) {
    case 'initializer':
      return 'an initialiser in one parameter slot';
    case 'constant node':
      return 'a Constant node in a parameter slot';
    case 'filled':
      return 'a tensor of one value, made in the code, in a parameter slot';
    case 'equal copy':
      return `a copy of one number through Identity that another module reads than its original: one of its own; ${setting('tie')} if it is the same`;
    case 'identity copy':
      return 'a copy through Identity that has the name of a parameter: one of its own';
  }
}
