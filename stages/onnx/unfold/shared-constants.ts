import type { NodeShell } from '../decode-node.js';
import type { LocalFunction } from './local-function.js';

/** Whether a node of a function makes the same tensor in every call: a Constant of its own, not of the call's attributes. */
export const isConstant = ({ node, attributes }: NodeShell): boolean =>
  node.type === 'Constant' &&
  node.domain === '' &&
  node.inputs.length === 0 &&
  node.outputs.length === 1 &&
  attributes.every(({ reference }) => reference === '');

/**
 * Constants in the bodies of functions. The file has each once, however often the function is called: it is one tensor, and where
 * it is a parameter one parameter, whose gradient is the sum over all calls.
 */
export class SharedConstants {
  readonly #names = new Map<LocalFunction, Map<string, string>>();
  readonly #replaced = new Map<string, string>();

  /** Those of a function that a call before has made: what they are called, by their names in the function. */
  of(called: LocalFunction): ReadonlyMap<string, string> {
    return new Map(this.#names.get(called));
  }

  /** Keeps what the first call makes. */
  keep(called: LocalFunction, own: string, name: string): void {
    const names = this.#names.get(called) ?? new Map<string, string>();
    this.#names.set(called, names.set(own, name));
  }

  /** Has those that read what a call gives read the constant itself. */
  replace(output: string, constant: string): void {
    this.#replaced.set(output, constant);
  }

  /** Nodes, reading constants themselves. */
  asRead(shells: readonly NodeShell[]): readonly NodeShell[] {
    if (this.#replaced.size === 0) return shells;
    return shells.map((shell) => ({
      ...shell,
      node: { ...shell.node, inputs: shell.node.inputs.map((name) => this.#replaced.get(name) ?? name) },
    }));
  }
}
