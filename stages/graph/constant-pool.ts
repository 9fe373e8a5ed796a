import { createHash } from 'node:crypto';
import type { Tensor } from '../onnx/model.js';

/** Initialisers of which those of equal type, shape and elements are one, whichever graph they come from. */
export class ConstantPool {
  readonly #tensors = new Map<string, Tensor>();
  readonly #names = new Map<string, string>();
  /** Those whose content was looked at: a graph may be joined several times. */
  readonly #seen = new Map<Tensor, string>();

  /** All of them, by the name that the first of equal ones was put under. */
  get tensors(): ReadonlyMap<string, Tensor> {
    return this.#tensors;
  }

  /**
   * @param name what it shall be called where it is new
   * @returns what it is called
   */
  put(name: string, tensor: Tensor): string {
    const seen = this.#seen.get(tensor);
    if (seen !== undefined) return seen;
    const content = contentOf(tensor);
    const known = this.#names.get(content) ?? name;
    if (known === name) this.#tensors.set(name, tensor);
    this.#names.set(content, known);
    this.#seen.set(tensor, known);
    return known;
  }
}

/** What two tensors have in common only where they are the same, zeros of either sign and every NaN told apart. */
function contentOf({ type, dims, data }: Tensor): string {
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return `${type}[${dims}]${createHash('sha256').update(bytes).digest('base64')}`;
}
