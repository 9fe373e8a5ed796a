import { addTo } from '../grouped.js';
import { elementCount, type FloatTensor } from '../onnx/model.js';
import { transposed } from '../onnx/transposed.js';
import { dataLeaf } from '../operations/leaf.js';
import { rotationTable } from '../operations/multiplications.js';
import { setting } from '../setting.js';
import { listed, shown } from '../shown.js';
import { likeBuffers } from './buffer-notes.js';
import { isBeforeWeights, namedNormalization } from './literal-tensors.js';
import type { Parameter } from './parameter.js';
import type { NotAParameter, ParameterDecisions } from './parameters.js';

/** Names in a note, at most. */
const mostNamed = 4;

/** What was decided by what is likely, where a file does not say it, each in one line that names what overrules it. */
export function parameterNotes({ parameters, others }: ParameterDecisions): string[] {
  const doubtful = parameters.filter(({ doubt }) => doubt !== null);
  return [
    ...equalMatrices(parameters).map(
      ([first, ...more]) =>
        `${names([first, ...more])} hold the same matrix, as it is or transposed, and count once each; if they are copies of one layer that is shared, as exporters make when they fold constants, give ${setting('tie')} their names where they lie alike, or export with do_constant_folding=False`,
    ),
    ...noteOn(others, rotationTable, setting('trainable')),
    ...noteOn(others, dataLeaf.literal ?? '', setting('trainable')),
    ...normalizationNotes({ parameters, others }),
    ...bufferNotes(parameters),
    ...(doubtful.length === 0
      ? []
      : [
          `${names(doubtful)}: by name a parameter, although its numbers repeat as those of coordinates do; if it is none, use ${setting('literals')}`,
        ]),
  ];
}

/**
 * What was decided of tensors that the image meets before any weights: a number a channel normalises it, whatever its name;
 * more have been learnt, unless they are the mean of all images.
 */
export function normalizationNotes({ parameters, others }: ParameterDecisions): string[] {
  const prompts = parameters.filter(({ uses }) =>
    uses.some(({ step, origin }) => isBeforeWeights(step) && origin.isState !== true),
  );
  return [
    ...noteOn(others, namedNormalization, whereChosen('trainable')),
    ...(prompts.length === 0
      ? []
      : [
          `${names(prompts)}: before the first weights, and too large to normalise channels, so taken for ${prompts.length === 1 ? 'a parameter' : 'parameters'}; if an image that was not learnt, use ${whereChosen('literals')}`,
        ]),
  ];
}

function bufferNotes(parameters: readonly Parameter[]): string[] {
  const such = likeBuffers(parameters).filter(({ doubt }) => doubt === null);
  return such.length === 0
    ? []
    : [
        `${names(such)}: part of a module's state, and so taken for ${such.length === 1 ? 'a parameter' : 'parameters'}; a file does not say which of it are registered buffers, which are none: of these use ${whereChosen('literals')}`,
      ];
}

/** An option, for those who score in an experiment too. */
const whereChosen = (option: 'trainable' | 'literals'): string =>
  `${setting(option)} (in an experiment, "${option}" of the model)`;

function noteOn(others: readonly NotAParameter[], reason: string, overruling: string): string[] {
  const such = others.filter((other) => other.reason === reason);
  return such.length === 0
    ? []
    : [
        `${names(such)} ${such.length === 1 ? 'counts' : 'count'} as no parameter: ${reason}; if learnt, use ${overruling}`,
      ];
}

function names(tensors: readonly { readonly name: string }[]): string {
  return listed([...new Set(tensors.map(({ name }) => name))].map(shown), mostNamed);
}

/** Parameters that are matrices of equal elements, as they are or transposed, the first as it is used. */
function equalMatrices(parameters: readonly Parameter[]): [Parameter, ...Parameter[]][] {
  const alike = new Map<string, { readonly parameter: Parameter; readonly tensor: FloatTensor }[]>();
  for (const parameter of parameters) {
    const tensor = matrixOf(parameter);
    if (tensor) addTo(alike, digestOf(tensor), { parameter, tensor });
  }
  return [...alike.values()].flatMap((candidates) => {
    const groups: { readonly tensor: FloatTensor; readonly members: [Parameter, ...Parameter[]] }[] = [];
    for (const { parameter, tensor } of candidates) {
      const group = groups.find((one) => isSame(one.tensor, tensor));
      if (group) group.members.push(parameter);
      else groups.push({ tensor, members: [parameter] });
    }
    return groups.flatMap(({ members }) => (members.length > 1 ? [members] : []));
  });
}

/** The matrix that a parameter is, with numbers that are not another's by chance. */
function matrixOf({ uses: [use] }: Parameter): FloatTensor | null {
  const operand = use?.step.context.operands[use.slot];
  if (operand?.kind !== 'constant' || operand.tensor.type !== 'float32') return null;
  const { tensor } = operand;
  const [first] = tensor.data;
  const isMatrix = tensor.dims.length === 2 && elementCount(tensor.dims) > Math.max(...tensor.dims);
  return isMatrix && tensor.data.some((value) => value !== first) ? tensor : null;
}

/** Equal for matrices of equal elements in either order: comparing each with each would take the square of their number. */
function digestOf({ dims, data }: FloatTensor): string {
  const digest = data.reduce((sum, value) => (sum + Math.round(value * 2 ** 20)) | 0, 0);
  return `${dims.toSorted((a, b) => a - b)}/${digest}`;
}

function isSame(one: FloatTensor, other: FloatTensor): boolean {
  const isEqual = ({ dims, data }: FloatTensor): boolean =>
    String(dims) === String(other.dims) && data.every((value, index) => value === other.data[index]);
  return isEqual(one) || isEqual(transposed(one, [1, 0]));
}
