import { message, type RawField } from './raw-model.js';

/** A `NodeProto` in a domain of the file's own. */
export function rawCall(
  type: string,
  inputs: readonly string[],
  outputs: readonly string[],
  ...attributes: readonly Uint8Array[]
): Uint8Array {
  return message(
    ...inputs.map((name): RawField => [1, name]),
    ...outputs.map((name): RawField => [2, name]),
    [4, type],
    ...attributes.map((attribute): RawField => [5, attribute]),
    [7, 'local'],
  );
}

/** A `FunctionProto` of the domain `local`. */
export function rawFunction(
  name: string,
  inputs: readonly string[],
  outputs: readonly string[],
  nodes: readonly Uint8Array[],
  further: readonly RawField[] = [],
): Uint8Array {
  return message(
    [1, name],
    ...inputs.map((input): RawField => [4, input]),
    ...outputs.map((output): RawField => [5, output]),
    ...nodes.map((node): RawField => [7, node]),
    [10, 'local'],
    ...further,
  );
}

/** An integer `AttributeProto`. */
export const rawInt = (name: string, value: number): Uint8Array => message([1, name], [3, value], [20, 2]);

/** An `AttributeProto` that has the value of an attribute of the function around it. */
export const rawReference = (name: string, reference: string): Uint8Array =>
  message([1, name], [20, 2], [21, reference]);

/** A `GraphProto` as an attribute, such as a branch of If. */
export const rawGraph = (
  name: string,
  nodes: readonly Uint8Array[],
  outputs: readonly string[],
): Uint8Array =>
  message(
    [1, name],
    [
      6,
      message(
        [2, 'branch'],
        ...nodes.map((node): RawField => [1, node]),
        ...outputs.map((output): RawField => [12, message([1, output])]),
      ),
    ],
    [20, 5],
  );
