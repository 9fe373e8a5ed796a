import { readdirSync, readFileSync } from 'node:fs';
import { encodeModel } from '../../stages/onnx/encode.js';
import { type Attribute, elementCount, type Model, type Tensor } from '../../stages/onnx/model.js';

/** A model to start from, by name. */
export interface BaseModel {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Golden networks that are small enough to be opened thousands of times. */
const largestNetwork = 10_000;

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
    .filter(({ bytes }) => bytes.length <= largestNetwork);
  const folder = new URL('golden/operations/', tests);
  const graphs = readdirSync(folder)
    .sort()
    .flatMap((file) => {
      const cases = JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as readonly WrittenCase[];
      return cases.map((one) => ({ name: `${file}: ${one.title}`, bytes: encodeModel(modelOf(one)) }));
    });
  return [...networks, ...graphs];
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
