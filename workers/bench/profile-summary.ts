import { z } from 'zod';

const tensorShapes = z.array(z.record(z.string(), z.array(z.number()))).catch([]);

/** One event of ONNX Runtime's profile. */
export interface ProfileEvent {
  readonly cat: string;
  readonly name: string;
  /** Microseconds since the session was made, and of the event itself. */
  readonly ts: number;
  readonly dur: number;
  readonly args: {
    readonly op_name?: string | undefined;
    /** What ran a node, for example `CPUExecutionProvider`. */
    readonly provider?: string | undefined;
    readonly input_type_shape?: TensorShapes | undefined;
    readonly output_type_shape?: TensorShapes | undefined;
  };
}

/** Of each tensor the shape, by its type. */
type TensorShapes = readonly Readonly<Record<string, readonly number[]>>[];

const profileEvent: z.ZodType<ProfileEvent> = z.object({
  cat: z.string(),
  name: z.string(),
  ts: z.coerce.number(),
  dur: z.coerce.number(),
  args: z
    .object({
      op_name: z.string().optional(),
      provider: z.string().optional(),
      input_type_shape: tensorShapes,
      output_type_shape: tensorShapes,
    })
    .partial()
    .catch({}),
});

/** One kind of operation. */
export interface OperationTime {
  readonly operation: string;
  /** Milliseconds an image. */
  readonly ms: number;
  /** Part of the whole, in [0, 1]. */
  readonly share: number;
}

/** All nodes of one operation whose tensors have the same shapes. */
export interface NodeTime extends OperationTime {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** How many nodes they are. */
  readonly nodes: number;
}

export interface ProfileSummary {
  /** Milliseconds an image inside nodes. */
  readonly ms: number;
  /** The most costly first. */
  readonly operations: readonly OperationTime[];
  readonly nodes: readonly NodeTime[];
}

/** Reads the file that ONNX Runtime writes. */
export function parseProfile(text: string): ProfileEvent[] {
  return z.array(profileEvent).parse(JSON.parse(text));
}

/**
 * Adds up the time of a pass by operation, and by operation and shapes.
 * @param warmUp runs at the beginning that are left out
 * @param batch images of one run
 */
export function summarizeProfile(
  events: readonly ProfileEvent[],
  warmUp: number,
  batch: number,
): ProfileSummary {
  const runs = events.filter(({ name }) => name === 'model_run').sort((a, b) => a.ts - b.ts);
  const counted = runs.slice(warmUp);
  const begin = counted[0]?.ts ?? Number.POSITIVE_INFINITY;
  const kernels = events.filter(
    ({ cat, name, ts }) => cat === 'Node' && name.endsWith('_kernel_time') && ts >= begin,
  );
  const toMs = 1 / (1000 * counted.length * batch);
  const ms = kernels.reduce((sum, { dur }) => sum + dur, 0) * toMs;
  const timed = <T>(keyOf: (event: ProfileEvent) => string, describe: (event: ProfileEvent) => T) =>
    grouped(kernels, keyOf)
      .flatMap((members) => {
        const [first] = members;
        if (first === undefined) return [];
        const time = members.reduce((sum, { dur }) => sum + dur, 0) * toMs;
        const nodes = new Set(members.map(({ name }) => name)).size;
        return [{ ...describe(first), operation: operationOf(first), ms: time, share: time / ms, nodes }];
      })
      .sort((a, b) => b.ms - a.ms);
  return {
    ms,
    operations: timed(operationOf, () => ({})).map(({ nodes: _, ...rest }) => rest),
    nodes: timed(operationWithShapes, (event) => ({
      inputs: shapesOf(event.args.input_type_shape),
      outputs: shapesOf(event.args.output_type_shape),
    })),
  };
}

function grouped(
  events: readonly ProfileEvent[],
  keyOf: (event: ProfileEvent) => string,
): readonly (readonly ProfileEvent[])[] {
  const groups = new Map<string, ProfileEvent[]>();
  for (const event of events) {
    const group = groups.get(keyOf(event));
    if (group) group.push(event);
    else groups.set(keyOf(event), [event]);
  }
  return [...groups.values()];
}

const operationOf = ({ args }: ProfileEvent): string => args.op_name ?? 'unknown';

function operationWithShapes(event: ProfileEvent): string {
  const { input_type_shape: inputs, output_type_shape: outputs } = event.args;
  return JSON.stringify([operationOf(event), shapesOf(inputs), shapesOf(outputs)]);
}

/** `8×64×56×56` for each tensor; a scalar is `1`. */
function shapesOf(tensors: ProfileEvent['args']['input_type_shape']): string[] {
  return (tensors ?? []).flatMap((tensor) =>
    Object.values(tensor).map((dims) => (dims.length === 0 ? '1' : dims.join('×'))),
  );
}
