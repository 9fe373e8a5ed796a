import { GrodinError, ModelError } from '../errors.js';
import { shown } from '../shown.js';
import { AttributeReader, decodeAttributes, decodeNodeShell, type NodeShell } from './decode-node.js';
import { claimedBytes, decodeTensor, type ExternalData, tensorName } from './decode-tensor.js';
import { decodeValueInfo } from './decode-value-info.js';
import { largestTensor, type Model, type Tensor, type ValueInfo } from './model.js';
import { requireOneSource } from './one-source.js';
import { decodeFunction, decodeOperatorSet, type LocalFunction } from './unfold/local-function.js';
import { unfold } from './unfold/unfold.js';
import { bytesField, integerField, readMessage, textField } from './wire.js';
import { neededNodes, readersOf } from './wiring.js';

/** Nodes of a graph, at most: each becomes several in what is compiled. */
const mostNodes = 50_000;

/** The newest version of the format whose meaning is known. */
const newestIrVersion = 13;

/**
 * Reads an ONNX file (`ModelProto`): the nodes and initialisers that its outputs need. Of the others no values are read.
 * @param external gives the bytes of a tensor that the file keeps in another one; without it such a tensor is an error
 * @param memory bytes that there are for its weights; those of a file that claims more are not read
 * @throws ModelError when the bytes are not an ONNX model
 */
export function decodeModel(
  bytes: Uint8Array,
  external?: ExternalData,
  memory = Number.POSITIVE_INFINITY,
): Model {
  try {
    return decode(bytes, external, memory);
  } catch (error) {
    if (error instanceof GrodinError) throw error;
    throw new ModelError(
      'not an ONNX model: its bytes are not a protobuf ModelProto; export the network with torch.onnx.export or a like tool',
      { cause: error },
    );
  }
}

function decode(bytes: Uint8Array, external: ExternalData | undefined, memory: number): Model {
  let opset = 0;
  let irVersion = 0;
  let producer = '';
  let graph: Uint8Array | undefined;
  const metadata = new Map<string, string>();
  const functions: LocalFunction[] = [];
  readMessage(bytes, {
    1: integerField((version) => {
      irVersion = version;
    }),
    2: bytesField((content) => {
      producer = new TextDecoder().decode(content);
    }),
    7: bytesField((content) => {
      graph = content;
    }),
    8: bytesField((content) => {
      const [domain, version] = decodeOperatorSet(content);
      if (domain === '') opset = version;
    }),
    14: bytesField((content) => {
      const [key, value] = decodeEntry(content);
      metadata.set(key, value);
    }),
    25: bytesField((content) => {
      functions.push(decodeFunction(content));
    }),
  });
  if (irVersion > newestIrVersion)
    throw new ModelError(
      `the file is of IR version ${irVersion}, newer than the ${newestIrVersion} that are read; save the model again with an older version of its exporter`,
    );
  const decoded = graph && decodeGraph(graph, functions, external, memory);
  if (!decoded || decoded.outputs.length === 0)
    throw new ModelError(
      'not an ONNX model: it holds no graph; export the network with torch.onnx.export or a like tool',
    );
  if (opset === 0) throw new ModelError('the model names no version of the standard operator set');
  return { opset, producer, graph: decoded, metadata };
}

/** Metadata is for people: what is not UTF-8 there is no reason to refuse a model. */
function decodeEntry(bytes: Uint8Array): [key: string, value: string] {
  const decoder = new TextDecoder();
  let key = '';
  let value = '';
  readMessage(bytes, {
    1: bytesField((text) => {
      key = decoder.decode(text);
    }),
    2: bytesField((text) => {
      value = decoder.decode(text);
    }),
  });
  return [key, value];
}

function decodeGraph(
  bytes: Uint8Array,
  functions: readonly LocalFunction[],
  external: ExternalData | undefined,
  memory: number,
): Model['graph'] {
  let name = '';
  const written: NodeShell[] = [];
  const tensors: Uint8Array[] = [];
  const inputs: ValueInfo[] = [];
  const outputs: ValueInfo[] = [];
  readMessage(bytes, {
    1: bytesField((node) => {
      written.push(decodeNodeShell(node));
    }),
    2: textField((text) => {
      name = text;
    }),
    5: bytesField((tensor) => {
      tensors.push(tensor);
    }),
    11: bytesField((input) => {
      inputs.push(decodeValueInfo(input));
    }),
    12: bytesField((output) => {
      outputs.push(decodeValueInfo(output));
    }),
  });
  const names = tensors.map(tensorName);
  const shells = unfold(written, functions, [...names, ...inputs.map((input) => input.name)]);
  requireOneSource(
    shells.map(({ node }) => node),
    names,
    inputs,
  );
  const outputNames = outputs.map((output) => output.name);
  const needed = neededNodes(
    shells.map(({ node }) => node),
    outputNames,
  );
  const reader = new AttributeReader(external);
  if (needed.size > mostNodes)
    throw new ModelError(
      `the graph has ${needed.size} nodes, and at most ${mostNodes} are read, several times what any classifier has; export it without loops that are unrolled`,
    );
  const nodes = shells.filter(({ node }) => needed.has(node)).map((shell) => decodeAttributes(shell, reader));
  const readers = readersOf(nodes);
  const given = new Set(outputNames);
  const isRead = (name: string): boolean => readers.has(name) || given.has(name);
  const initializers = new Map<string, Tensor>();
  const kept = tensors.filter((_, index) => isRead(names[index] ?? ''));
  requireRoom(kept, memory);
  for (const tensor of kept) initializers.set(...decodeTensor(tensor, external));
  const declared = new Set(names);
  return {
    name,
    nodes,
    initializers,
    inputs: inputs.filter((input) => !declared.has(input.name)),
    outputs,
  };
}

/** Whatever is made of a model holds its weights: said before any is read. */
function requireRoom(tensors: readonly Uint8Array[], memory: number): void {
  let claimed = 0;
  for (const tensor of tensors) {
    const own = claimedBytes(tensor);
    if (own > largestTensor)
      throw new ModelError(
        `tensor ${shown(tensorName(tensor))} takes ${own} bytes in float32, and none of 2 GiB or more is read; split it, and what it is multiplied by, in several`,
      );
    claimed += own;
  }
  if (claimed > memory)
    throw new ModelError(
      `its weights take ${claimed} bytes in float32, more than the ${memory} bytes of memory that there are for them; compile it on a machine with more`,
    );
}
