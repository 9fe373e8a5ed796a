/** A tensor in this process's memory, row-major. */
export interface HostTensor {
  readonly type: 'float32' | 'int64';
  readonly dims: readonly number[];
  readonly data: Float32Array | BigInt64Array;
}

/** A tensor wherever an engine keeps it: in this process's memory or on its device. */
export interface EngineTensor {
  readonly dims: readonly number[];
  /** Brings it into this process's memory. @throws TypeError where it is kept on the device, and can only be fed */
  read(): Promise<HostTensor>;
  /** Gives its memory back; it must not be used any more. */
  dispose(): void;
}

/** A compiled graph, ready to run on one device. Not to be run from two callers at once. */
export interface EngineSession {
  /**
   * @param feeds every input by name; they stay the caller's to dispose of
   * @returns every output by name, the caller's to dispose of
   */
  run(feeds: Readonly<Record<string, EngineTensor>>): Promise<Readonly<Record<string, EngineTensor>>>;
  dispose(): Promise<void>;
}

/** Runs ONNX graphs on one device, all from one thread. One kind per file. */
export interface Engine {
  /** For example `onnxruntime`. */
  readonly name: string;
  /** For example `1.30.0`. */
  readonly version: string;
  /** What does the work, for example `cpu`. */
  readonly provider: string;
  /** Where the API allows it, brings a tensor to the device, to be fed any number of times. */
  upload(tensor: HostTensor): Promise<EngineTensor>;
  /** @param file path of an ONNX file, whose weights may lie in another beside it */
  open(file: string, options: SessionOptions): Promise<EngineSession>;
}

export interface SessionOptions {
  /** Threads inside one operation, where the device is the CPU. */
  readonly threads: number;
  /** Outputs of this graph that are only fed to other graphs: they stay on the device where the API allows it. */
  readonly keepOnDevice?: readonly string[];
}

/** An output of a compiled graph. @throws TypeError where the graph has none of that name: a defect of the compiler */
export function outputNamed<T>(outputs: Readonly<Record<string, T | undefined>>, name: string): T {
  const tensor = outputs[name];
  if (tensor === undefined) throw new TypeError(`the compiled graph has no output ${name}`);
  return tensor;
}

/** Brings all outputs into this process's memory, and gives their own back. */
export async function readAll(
  outputs: Readonly<Record<string, EngineTensor>>,
): Promise<Readonly<Record<string, HostTensor>>> {
  const read: Record<string, HostTensor> = {};
  try {
    for (const [name, tensor] of Object.entries(outputs)) read[name] = await tensor.read();
    return read;
  } finally {
    disposeAll(outputs);
  }
}

/** Keeps one output, and gives back the memory of the others. */
export function takeOutput(name: string, outputs: Readonly<Record<string, EngineTensor>>): EngineTensor {
  const { [name]: taken, ...rest } = outputs;
  disposeAll(rest);
  return outputNamed({ [name]: taken }, name);
}

/** Feeds tensors of this process, and brings all outputs back. */
export async function runOnHost(
  engine: Pick<Engine, 'upload'>,
  session: EngineSession,
  feeds: Readonly<Record<string, HostTensor>>,
): Promise<Readonly<Record<string, HostTensor>>> {
  const uploaded: Record<string, EngineTensor> = {};
  try {
    for (const [name, tensor] of Object.entries(feeds)) uploaded[name] = await engine.upload(tensor);
    return await readAll(await session.run(uploaded));
  } finally {
    disposeAll(uploaded);
  }
}

function disposeAll(tensors: Readonly<Record<string, EngineTensor>>): void {
  for (const tensor of Object.values(tensors)) tensor.dispose();
}

/** What an engine throws when its device is gone for as long as its thread lives. */
export class DeviceLostError extends Error {}
