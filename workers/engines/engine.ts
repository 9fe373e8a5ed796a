/** A tensor in this process's memory, row-major. */
export interface HostTensor {
  readonly type: 'float32' | 'int64';
  readonly dims: readonly number[];
  readonly data: Float32Array | BigInt64Array;
}

/** A compiled graph, ready to run on one device. Not to be run from two callers at once. */
export interface EngineSession {
  run(feeds: Readonly<Record<string, HostTensor>>): Promise<Readonly<Record<string, HostTensor>>>;
  dispose(): Promise<void>;
}

/** Runs ONNX graphs on one device. One kind per file. */
export interface Engine {
  /** For example `onnxruntime`. */
  readonly name: string;
  /** For example `1.30.0`. */
  readonly version: string;
  /** For example `cpu`. */
  readonly provider: string;
  /** @param file path of an ONNX file */
  open(file: string, options: SessionOptions): Promise<EngineSession>;
}

export interface SessionOptions {
  /** Threads inside one operation. */
  readonly threads: number;
}

/** An output of a compiled graph. @throws TypeError where the graph has none of that name: a defect of the compiler */
export function outputNamed(outputs: Readonly<Record<string, HostTensor>>, name: string): HostTensor {
  const tensor = outputs[name];
  if (tensor === undefined) throw new TypeError(`the compiled graph has no output ${name}`);
  return tensor;
}
