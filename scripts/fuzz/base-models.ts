import { readdirSync, readFileSync } from 'node:fs';
import { WireType } from '@bufbuild/protobuf/wire';
import { encodeModel } from '../../stages/onnx/encode.js';
import { type Attribute, elementCount, type Model, type Tensor } from '../../stages/onnx/model.js';
import {
  integerContent,
  type MessageField,
  messagesIn,
  parseMessage,
  textContent,
  writeMessage,
} from './message-tree.js';

/** A model to start from, by name. */
export interface BaseModel {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Golden networks that are small enough to be opened thousands of times. */
const largestNetwork = 10_000;

/** Larger ones that have what the others have not: batches merged with heads or windows, local functions and branches. */
const furtherNetworks: ReadonlySet<string> = new Set([
  ...[
    'golden/attention.onnx',
    'golden/attention-folded.onnx',
    'golden/windows.onnx',
    'golden/windows-v2.onnx',
  ],
  'models/functions.onnx',
]);

/** A tensor of a golden case; its elements don't matter here. */
interface WrittenTensor {
  readonly dims: readonly number[];
  readonly integers?: readonly number[];
  readonly booleans?: readonly number[];
}

interface WrittenCase {
  readonly title: string;
  readonly opset: number;
  readonly batch: number | null;
  readonly images: WrittenTensor;
  readonly nodes: readonly {
    readonly type: string;
    readonly inputs: readonly string[];
    readonly outputs: readonly string[];
    readonly attributes: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  }[];
  readonly initializers: Readonly<Record<string, WrittenTensor>>;
}

/** The small golden networks, the damaged models of the tests, and a graph for each golden case of an operation. */
export function baseModels(): readonly BaseModel[] {
  const tests = new URL('../../../test/', import.meta.url);
  const files = ['golden/', 'models/'].flatMap((folder) =>
    readdirSync(new URL(folder, tests)).flatMap((file) =>
      file.endsWith('.onnx') ? [`${folder}${file}`] : [],
    ),
  );
  const networks = files
    .sort()
    .map((name) => ({ name, bytes: new Uint8Array(readFileSync(new URL(name, tests))) }))
    .filter(({ name, bytes }) => bytes.length <= largestNetwork || furtherNetworks.has(name));
  const folder = new URL('golden/operations/', tests);
  const graphs = readdirSync(folder)
    .sort()
    .flatMap((file) => {
      const cases = JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as readonly WrittenCase[];
      return cases.map((one) => ({ name: `${file}: ${one.title}`, bytes: encodeModel(modelOf(one)) }));
    });
  const outside = networks
    .filter(({ name }) => name.startsWith('golden/softmax'))
    .map(({ name, bytes }) => ({ name: `${name}, weights outside`, bytes: withWeightsOutside(bytes) }));
  return [...networks, ...outside, ...graphs];
}

/** Bytes of the file that weights are moved to (`models-child.ts`). */
const bytesOutside = 4096;

/** The tensors of a model in the file `weights.data`, where they fit into it. */
function withWeightsOutside(bytes: Uint8Array): Uint8Array {
  const model = parseMessage(bytes);
  for (const { kind, fields } of messagesIn(model)) {
    const at = fields.findIndex(({ number }) => number === 9);
    const raw = fields[at]?.content;
    if (kind !== 'tensor' || !(raw instanceof Uint8Array) || raw.length > bytesOutside) continue;
    const place = { location: 'weights.data', offset: '0', length: String(raw.length) };
    const entries = Object.entries(place).map(([key, value]): MessageField => {
      const entry = [
        { number: 1, ...textContent(key) },
        { number: 2, ...textContent(value) },
      ];
      return { number: 13, wire: WireType.LengthDelimited, content: { kind: 'entry', fields: entry } };
    });
    fields.splice(at, 1, ...entries, { number: 14, ...integerContent(1) });
  }
  return writeMessage(model);
}

function modelOf({ title, opset, batch, images, nodes, initializers }: WrittenCase): Model {
  return {
    opset,
    metadata: new Map(),
    graph: {
      name: title,
      nodes: nodes.map(({ type, inputs, outputs, attributes }, index) => ({
        name: `node${index}`,
        type,
        domain: '',
        inputs,
        outputs,
        attributes: new Map(
          Object.entries(attributes).map(([name, written]) => [name, attributeOf(written)]),
        ),
      })),
      initializers: new Map(Object.entries(initializers).map(([name, tensor]) => [name, tensorOf(tensor)])),
      inputs: [{ name: 'image', type: 'float32', dims: [batch ?? 'N', ...images.dims.slice(1)] }],
      outputs: [{ name: 'logits', type: 'float32', dims: [batch ?? 'N', 'K'] }],
    },
  };
}

function attributeOf(written: Readonly<Record<string, unknown>>): Attribute {
  const [[kind, value] = ['', undefined]] = Object.entries(written);
  if (kind === 'tensor') return { kind, value: tensorOf(value as WrittenTensor) };
  return { kind, value } as Attribute;
}

function tensorOf({ dims, integers, booleans }: WrittenTensor): Tensor {
  if (integers) return { type: 'int64', dims, data: BigInt64Array.from(integers, BigInt) };
  if (booleans) return { type: 'bool', dims, data: Uint8Array.from(booleans) };
  const data = new Float32Array(elementCount(dims)).map((_, index) => ((index * 5) % 13) / 8 - 0.75);
  return { type: 'float32', dims, data };
}
