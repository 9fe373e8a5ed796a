import {
  type AttributeShell,
  decodeAttributeShell,
  decodeNodeShell,
  type NodeShell,
  standardName,
} from '../decode-node.js';
import { bytesField, integerField, readMessage, textField } from '../wire.js';
import { withBranches } from './branches.js';

/** A `FunctionProto`: nodes that stand for one of an operation that the file declares itself. */
export interface LocalFunction {
  readonly domain: string;
  readonly name: string;
  readonly overload: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Attributes that have a value where a call says none. */
  readonly defaults: readonly AttributeShell[];
  /** Version of the standard operator set in it, where it says one. */
  readonly opset: number | undefined;
  readonly shells: readonly NodeShell[];
}

/** Reads a function. Its nodes' attributes are not read. */
export function decodeFunction(bytes: Uint8Array): LocalFunction {
  let [name, domain, overload] = ['', '', ''];
  let opset: number | undefined;
  const inputs: string[] = [];
  const outputs: string[] = [];
  const defaults: AttributeShell[] = [];
  const shells: NodeShell[] = [];
  readMessage(bytes, {
    1: textField((text) => {
      name = text;
    }),
    4: textField((text) => {
      inputs.push(text);
    }),
    5: textField((text) => {
      outputs.push(text);
    }),
    7: bytesField((node) => {
      shells.push(decodeNodeShell(node));
    }),
    9: bytesField((entry) => {
      const [set, version] = decodeOperatorSet(entry);
      if (set === '') opset = version;
    }),
    10: textField((text) => {
      domain = standardName(text);
    }),
    11: bytesField((attribute) => {
      defaults.push(decodeAttributeShell(attribute));
    }),
    13: textField((text) => {
      overload = text;
    }),
  });
  return { name, domain, overload, inputs, outputs, defaults, opset, shells: withBranches(shells, inputs) };
}

/** Reads an `OperatorSetIdProto`. */
export function decodeOperatorSet(bytes: Uint8Array): [domain: string, version: number] {
  let domain = '';
  let version = 0;
  readMessage(bytes, {
    1: textField((text) => {
      domain = standardName(text);
    }),
    2: integerField((value) => {
      version = value;
    }),
  });
  return [domain, version];
}
