import { isError } from '../../stages/is-error.js';
import type { Lowerings } from '../../stages/lowerings/lowerings.js';
import type { Model } from '../../stages/onnx/model.js';
import { describeModel } from '../../stages/scoring/describe-model.js';
import type { Engine } from '../engines/engine.js';
import { type GridPoint, type GridSetup, type OpenedWay, openGridRuns, openPassByPass } from './grid-ways.js';
import { type Spread, spreadOf } from './measurement-spread.js';
import { pointOf } from './pass.js';

/** How a batch can be scored at all ε of one temperature. */
export type GridWay =
  /** A perturbation pass, and a scoring pass for each ε: images and directions go to the device for each. */
  | { readonly kind: 'passes' }
  /** A graph for so many ε at once, run as often as it takes: a perturbation pass, and images, for each run. */
  | { readonly kind: 'runs'; readonly each: number }
  /** One graph for all ε, run once, that scores so many at once. */
  | { readonly kind: 'slices'; readonly together: number };

/** What one way achieves. */
export interface GridFigure {
  readonly way: GridWay;
  /** Seconds to compile, write and open its graphs. */
  readonly openSeconds: number;
  /** Scores a second, images times ε; null where it can't be run. */
  readonly scoresPerSecond: Spread | null;
  /** How often all ε were scored. */
  readonly rounds: number;
  /** The largest difference of a log ‖Jᵀv‖² from that of a pass at a time. */
  readonly difference: number | null;
  /** Why it can't be run, for example for want of memory on the device; null where it can. */
  readonly problem: string | null;
}

/** What is timed. */
export interface GridTiming {
  /** Images in a batch. */
  readonly batch: number;
  /** Number of ε. */
  readonly epsilons: number;
  /** Numbers of ε to score at once, timed one after the other; a number above that of all ε counts as all. */
  readonly slices: readonly number[];
  readonly lowerings: Lowerings;
  readonly threads: number;
  /** For each way, after a first run that doesn't count. At least one run counts. */
  readonly seconds: number;
}

/**
 * Times scoring at many ε of one temperature: a pass for each, beside graphs that take several or all. One way after
 * another, each opened alone: its figure comes as soon as it is measured, and graphs need not fit a device together.
 * @param folder where graphs are written, and written over
 */
export async function* timeGrid(
  engine: Engine,
  model: Model,
  folder: string,
  timing: GridTiming,
): AsyncGenerator<GridFigure> {
  const { batch, epsilons, lowerings, threads } = timing;
  const setup: GridSetup = { engine, model, lowerings, batch, threads, folder };
  const point = gridPointOf(model, batch, epsilons);
  let reference: readonly number[] | null = null;
  for (const way of waysOf(timing)) {
    const { figure, norms } = await timeWay(setup, way, point, timing.seconds);
    reference ??= way.kind === 'passes' ? norms : null;
    yield { ...figure, difference: reference && norms && largestDifference(reference, norms) };
  }
}

/** For all ε at once, runs and slices have the same graph: it is timed once. */
function waysOf({ epsilons, slices }: GridTiming): readonly GridWay[] {
  const sizes = [...new Set(slices.map((size) => Math.min(size, epsilons)))];
  return [
    { kind: 'passes' },
    ...sizes.flatMap((size): readonly GridWay[] => [
      ...(size < epsilons ? [{ kind: 'runs', each: size } as const] : []),
      { kind: 'slices', together: size },
    ]),
  ];
}

function openWay(setup: GridSetup, way: GridWay, epsilons: number): Promise<OpenedWay> {
  switch (way.kind) {
    case 'passes':
      return openPassByPass(setup);
    case 'runs':
      return openGridRuns(setup, way.each, way.each);
    case 'slices':
      return openGridRuns(setup, epsilons, way.together);
  }
}

interface Timed {
  readonly figure: Omit<GridFigure, 'difference'>;
  readonly norms: readonly number[] | null;
}

async function timeWay(setup: GridSetup, way: GridWay, point: GridPoint, seconds: number): Promise<Timed> {
  const started = performance.now();
  const since = (from: number): number => (performance.now() - from) / 1000;
  let openSeconds = Number.NaN;
  let opened: OpenedWay | null = null;
  try {
    opened = await openWay(setup, way, point.epsilons.length);
    openSeconds = since(started);
    // The first run allocates, and on GPUs chooses kernels.
    const norms = await opened.run(point);
    const times: number[] = [];
    const begun = performance.now();
    do {
      const from = performance.now();
      await opened.run(point);
      times.push(since(from));
    } while (since(begun) < seconds);
    const scores = point.epsilons.length * setup.batch;
    const scoresPerSecond = spreadOf(times.map((time) => scores / time));
    return { figure: { way, openSeconds, scoresPerSecond, rounds: times.length, problem: null }, norms };
  } catch (error) {
    // The other ways may still have room.
    const problem = isError(error) ? error.message : String(error);
    return { figure: { way, openSeconds, scoresPerSecond: null, rounds: 0, problem }, norms: null };
  } finally {
    await opened?.dispose();
  }
}

/** Pixels of order 1 at T = 1 and ε from 0 on, in steps of 0.0002. */
function gridPointOf(model: Model, batch: number, epsilons: number): GridPoint {
  const { channels, height, width } = describeModel(model);
  const { images, temperature } = pointOf({ batch, channels, height, width });
  const steps = Array.from({ length: epsilons }, (_, index) => new Array(channels).fill(index * 0.0002));
  return { images, temperature, epsilons: steps };
}

function largestDifference(reference: readonly number[], norms: readonly number[]): number {
  return reference.reduce(
    (largest, value, index) => Math.max(largest, Math.abs(value - (norms[index] ?? Number.NaN))),
    0,
  );
}
