import type { Node, Tensor } from '../../onnx/model.js';

/** A form that operations had in older operator sets, and how the one that rules know is made of it. */
export interface OlderForm {
  readonly types: readonly string[];
  /** The last operator set that has it. */
  readonly until: number;
  /**
   * The nodes that stand for one of this form.
   * @throws RangeError or ModelError, without naming the node, for what has no other form
   */
  rewrite(node: Node, added: AddedTensors): readonly Node[];
}

/** What a rewritten node reads beside what is in the file, and who reads it. */
export interface AddedTensors {
  /** Whether a node reads a tensor, or it is an output of the model. */
  isRead(name: string): boolean;
  /** A name that no tensor has yet. */
  name(wanted: string): string;
  /** An initialiser, by the name that it gets. */
  constant(wanted: string, tensor: Tensor): string;
}
