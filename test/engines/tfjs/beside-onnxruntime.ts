import { createRequire } from 'node:module';
import type { ExecutionContext } from 'ava';
import type { Attribute, Model, Node, Tensor, ValueInfo } from '../../../stages/onnx/model.js';
import { loadCpuBackend, loadWebGpu } from '../../../workers/devices/load-tfjs.js';
import { type Engine, type HostTensor, outputNamed, runOnHost } from '../../../workers/engines/engine.js';
import { onnxRuntimeCpu } from '../../../workers/engines/onnxruntime.js';
import type { TensorFlow } from '../../../workers/engines/tfjs/tensorflow.js';
import { webGpuIsRequired } from '../nothing-to-run-on.js';
import { openGraph } from './golden-scores.js';

/** How far float32 results may be apart, where sums are of a few hundred numbers of size 1. */
const tolerance = 2e-5;

/** One operation: its attributes, and what each input is. */
export interface SingleOperation {
  readonly type: string;
  readonly attributes?: Readonly<
    Record<string, number | string | readonly number[] | { readonly float: number }>
  >;
  /** Shapes of inputs, constants, or null for one that is left out. */
  readonly inputs: readonly (readonly number[] | Tensor | null)[];
  /** Brings every input into the memory order of a convolution first, as it is in graphs. */
  readonly behindConvolution?: boolean;
  readonly output?: 'float32' | 'int64' | 'bool';
}

/** A constant of random numbers. */
export function floats(dims: readonly number[], seed = 7): Tensor {
  return { type: 'float32', dims, data: random(dims, seed) };
}

export function integers(...data: readonly number[]): Tensor {
  return { type: 'int64', dims: [data.length], data: BigInt64Array.from(data, BigInt) };
}

const backends = webGpuIsRequired ? (['cpu', 'wasm', 'webgpu'] as const) : (['cpu', 'wasm'] as const);

let opening: Promise<Engine> | undefined;

/** The same instance as the engine's. */
function tensorFlow(): TensorFlow {
  return createRequire(import.meta.url)('@tensorflow/tfjs-core');
}

function webGpu(): Promise<Engine> {
  // It would compute what is as small as here on the CPU.
  opening ??= loadWebGpu(null).then((engine) => {
    tensorFlow().env().set('WEBGPU_CPU_FORWARD', false);
    return engine;
  });
  return opening;
}

/**
 * Runs an operation on ONNX Runtime and on backends cpu and wasm, and on webgpu where it must be; compares, and counts
 * the tensors that are left.
 */
export async function agrees(t: ExecutionContext, operation: SingleOperation): Promise<void> {
  const model = modelOf(operation);
  const feeds = Object.fromEntries(
    model.graph.inputs.map(({ name, dims }, index): [string, HostTensor] => {
      const sizes = dims!.map(Number);
      return [name, { type: 'float32', dims: sizes, data: random(sizes, index + 1) }];
    }),
  );
  const expected = await runOn(t, onnxRuntimeCpu, model, feeds);
  for (const backend of backends) {
    const engine = backend === 'webgpu' ? await webGpu() : await loadCpuBackend(backend);
    const { memory } = tensorFlow();
    const before = memory().numTensors;
    const actual = await runOn(t, engine, model, feeds, () => memory().numTensors);
    t.is(memory().numTensors, before, `${operation.type} on ${backend}: tensors of a graph that was closed`);
    t.deepEqual(actual.dims, expected.dims, `${backend}: shape`);
    t.is(actual.type, expected.type);
    const [found, wanted] = [Array.from(actual.data, Number), Array.from(expected.data, Number)];
    const furthest = Math.max(...wanted.map((value, index) => distance(found[index]!, value)));
    t.true(furthest <= tolerance, `${operation.type} on ${backend}: ${furthest} apart`);
  }
}

async function runOn(
  t: ExecutionContext,
  engine: Engine,
  model: Model,
  feeds: Readonly<Record<string, HostTensor>>,
  countTensors: () => number = () => 0,
): Promise<HostTensor> {
  const session = await openGraph(t, engine, model);
  const outputs = await runOnHost(engine, session, feeds);
  // The first run may leave constants in another order.
  const once = countTensors();
  await runOnHost(engine, session, feeds);
  t.is(countTensors(), once, `${model.graph.nodes.at(-1)?.type}: tensors of a run that has ended`);
  await session.dispose();
  return outputNamed(outputs, 'y');
}

function distance(a: number, b: number): number {
  return a === b ? 0 : Math.abs(a - b) / Math.max(1, Math.abs(b));
}

export function modelOf({
  type,
  attributes = {},
  inputs,
  behindConvolution,
  output,
}: SingleOperation): Model {
  const nodes: Node[] = [];
  const initializers = new Map<string, Tensor>();
  const fed: ValueInfo[] = [];
  const names = inputs.map((input, index) => {
    if (input === null) return '';
    const name = `x${index}`;
    if ('type' in input) {
      initializers.set(name, input);
      return name;
    }
    fed.push({ name, type: 'float32', dims: [...input] });
    if (behindConvolution !== true || input.length !== 4) return name;
    const channels = input[1]!;
    initializers.set(`w${index}`, floats([channels, channels, 1, 1], 99));
    nodes.push(node('Conv', [name, `w${index}`], `c${index}`));
    return `c${index}`;
  });
  // Of a cast to float, so that every engine gives back what the operation computed.
  nodes.push(node(type, names, output === 'bool' ? 'truth' : 'y', attributes));
  if (output === 'bool') nodes.push(node('Cast', ['truth'], 'y', { to: 1 }));
  return {
    opset: 17,
    metadata: new Map(),
    graph: {
      name: 'test',
      nodes,
      initializers,
      inputs: fed,
      outputs: [{ name: 'y', type: output === 'int64' ? 'int64' : 'float32', dims: null }],
    },
  };
}

function node(
  type: string,
  inputs: readonly string[],
  output: string,
  attributes: SingleOperation['attributes'] = {},
): Node {
  return {
    name: output,
    type,
    domain: '',
    inputs,
    outputs: [output],
    attributes: new Map(Object.entries(attributes).map(([key, value]) => [key, attributeOf(value)])),
  };
}

function attributeOf(value: number | string | readonly number[] | { readonly float: number }): Attribute {
  if (typeof value === 'number') return { kind: 'int', value };
  if (typeof value === 'string') return { kind: 'string', value };
  return 'float' in value ? { kind: 'float', value: value.float } : { kind: 'ints', value };
}

/** Numbers of both signs, some of them zero. */
function random(dims: readonly number[], seed: number): Float32Array {
  const count = dims.reduce((product, size) => product * size, 1);
  let state = seed * 7919 + 1;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state % 17 === 0 ? 0 : (state / 2 ** 32) * 4 - 2;
  });
}
