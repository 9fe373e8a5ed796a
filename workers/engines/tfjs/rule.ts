import type { Node, Tensor as OnnxTensor } from '../../../stages/onnx/model.js';
import type { OrderedTensor } from './ordered-tensor.js';
import type { TensorFlow, TfjsTensor } from './tensorflow.js';

/** A node that is being prepared, once, when its graph is opened. */
export interface RuleContext {
  readonly tf: TensorFlow;
  readonly node: Node;
  /** An input that is known before the graph runs, or null. */
  readonly constant: (index: number) => OnnxTensor | null;
  /** Keeps a tensor as long as the graph is open. */
  readonly hold: <T extends TfjsTensor>(tensor: T) => T;
}

/** A prepared node. */
export interface PreparedNode {
  /** Names of the values that `run` takes, in that order. */
  readonly inputs: readonly string[];
  /** Computes the node's output, which shares no tensor with the inputs. Runs inside `tidy`. */
  readonly run: (inputs: readonly OrderedTensor[]) => OrderedTensor;
}

/**
 * Prepares the nodes of one type of operation.
 * @throws ModelError where it can't run the node
 */
export type Rule = (context: RuleContext) => PreparedNode;
