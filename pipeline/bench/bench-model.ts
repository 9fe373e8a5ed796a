import { withTemporaryFolder } from '../../manifests/output/temporary-folder.js';
import type { ParameterOptions } from '../../stages/differentiation/parameter.js';
import { describeModel, type ModelDescription } from '../../stages/scoring/describe-model.js';
import { multiplicationFloor } from '../../stages/scoring/multiplication-floor.js';
import { type Spread, scaled, spreadOf } from '../../workers/bench/measurement-spread.js';
import type { BenchPass, PassKind } from '../../workers/bench/pass.js';
import { passMemory } from '../../workers/bench/pass-memory.js';
import { profilePass } from '../../workers/bench/profile.js';
import type { ProfileSummary } from '../../workers/bench/profile-summary.js';
import { timePasses } from '../../workers/bench/time-passes.js';
import { cpuOptions, onnxRuntimeCpu } from '../../workers/engines/onnxruntime.js';
import { naming, readModel } from '../model/read-model.js';
import { type OptimizedGraph, optimizedGraph } from './optimized-graph.js';
import { preparePasses } from './prepare-passes.js';

/** How a model is measured. */
export interface BenchSettings extends ParameterOptions {
  /** Images of one batch. */
  readonly batch: number;
  /** Threads inside one operation. */
  readonly threads: number;
  /** Rounds that count. */
  readonly rounds: number;
  /** Whether to take ONNX Runtime's profile of each pass too. */
  readonly profile: boolean;
  /** Name of the model's output that is scored. Default: the only one that can be logits. */
  readonly modelOutput?: string | undefined;
  /** Height and width in pixels, of a model that leaves them free. */
  readonly size?: readonly [height: number, width: number] | undefined;
}

/** Rounds before the first that counts. */
export const warmUp = 2;

/** What was measured of one pass. */
export interface PassFigures {
  readonly kind: PassKind;
  /** Milliseconds an image. */
  readonly ms: Spread;
  /** The ratio to plain inference in the same round. */
  readonly timesPlain: Spread;
  /** The least it can cost in forward passes, by multiplications. */
  readonly floor: number;
  /** Milliseconds an image at that floor, at the rate of plain inference. */
  readonly floorMs: number;
  readonly graph: OptimizedGraph;
  /** Peak memory beyond weights, in MB (10⁶ bytes) an image. */
  readonly memoryMB: number;
  /** Seconds to compile the graph; null where the user's own file runs. */
  readonly compileSeconds: number | null;
  readonly openSeconds: number;
  readonly profile: ProfileSummary | null;
}

/** What was measured of a model. */
export interface ModelFigures {
  readonly file: string;
  readonly input: Pick<ModelDescription, 'channels' | 'height' | 'width' | 'classes'>;
  /** Of one forward pass of one image. */
  readonly multiplications: number;
  /** Multiplications a second in plain inference. */
  readonly rate: number;
  readonly batch: number;
  readonly threads: number;
  readonly rounds: number;
  /** Why plain inference ran a recompiled forward pass, or null where it ran the user's own file. */
  readonly recompiled: string | null;
  readonly passes: readonly PassFigures[];
  /** A whole score, perturbation and scoring: sums of the passes' medians and floors, and of each round's times. */
  readonly whole: {
    readonly ms: number;
    readonly timesPlain: Spread;
    readonly floor: number;
    readonly floorMs: number;
    /** The ratio to a training step in the same round. */
    readonly timesTraining: Spread;
  };
}

/**
 * Measures what scoring costs beside plain inference of the same file, in one process, passes interleaved.
 * @throws InputError or ModelError naming the file
 */
export async function benchModel(file: string, options: BenchSettings): Promise<ModelFigures> {
  return withTemporaryFolder((folder) => measure(file, folder, options));
}

async function measure(file: string, folder: string, options: BenchSettings): Promise<ModelFigures> {
  const { batch, threads, rounds, profile, modelOutput: output, size, ...parameters } = options;
  const model = await readModel(file, { output, size });
  const { multiplications, notes: _, ...input } = naming(file, () => describeModel(model));
  const floors = naming(file, () => multiplicationFloor(model, parameters));
  const { passes, recompiled, compileSeconds } = await preparePasses(file, model, folder, batch, parameters);
  const times = await timePasses(onnxRuntimeCpu, passes, { threads, rounds, warmUp });
  const spreads = new Map(
    times.map((time) => [time.kind, scaled(spreadOf(time.seconds), 1000 / batch)] as const),
  );
  const seconds = (kind: PassKind): readonly number[] =>
    times.find((time) => time.kind === kind)?.seconds ?? [];
  const byRound = (to: PassKind, ...kinds: readonly PassKind[]): Spread =>
    spreadOf(
      seconds(to).map(
        (unit, round) => kinds.reduce((sum, kind) => sum + (seconds(kind)[round] ?? Number.NaN), 0) / unit,
      ),
    );
  const plainMs = spreads.get('plain')?.median ?? Number.NaN;

  const figuresOf = async (pass: BenchPass): Promise<PassFigures> => {
    const { kind } = pass;
    const ms = spreads.get(kind) ?? spreadOf([Number.NaN]);
    const floor = kind === 'plain' ? 1 : floors[kind];
    return {
      kind,
      ms,
      timesPlain: byRound('plain', kind),
      floor,
      floorMs: floor * plainMs,
      graph: await optimizedGraph(pass.file, threads),
      memoryMB: (await passMemory(pass, threads)) / 1e6 / batch,
      compileSeconds: kind === 'plain' ? null : compileSeconds[kind],
      openSeconds: times.find((time) => time.kind === kind)?.openSeconds ?? Number.NaN,
      profile: profile ? await profilePass(pass, cpuOptions(threads), batch) : null,
    };
  };
  const figures: PassFigures[] = [];
  for (const pass of passes) figures.push(await figuresOf(pass));

  const partsOfScore: readonly PassKind[] = ['perturbation', 'scoring'];
  const wholeMs = figures.reduce(
    (sum, { kind, ms }) => sum + (partsOfScore.includes(kind) ? ms.median : 0),
    0,
  );
  return {
    file,
    input,
    multiplications,
    rate: (1000 * multiplications) / plainMs,
    batch,
    threads,
    rounds,
    recompiled,
    passes: figures,
    whole: {
      ms: wholeMs,
      timesPlain: byRound('plain', ...partsOfScore),
      timesTraining: byRound('training', ...partsOfScore),
      floor: floors.whole,
      floorMs: floors.whole * plainMs,
    },
  };
}
