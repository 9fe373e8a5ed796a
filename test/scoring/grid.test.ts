import test from 'ava';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { graphMemory } from '../../stages/graph/graph-memory.js';
import { type Lowerings, loweringPresets } from '../../stages/lowerings/lowerings.js';
import { decodeModel } from '../../stages/onnx/decode.js';
import { encodeModel } from '../../stages/onnx/encode.js';
import type { Model } from '../../stages/onnx/model.js';
import { compileGrid } from '../../stages/scoring/compile-grid.js';
import { compileOneShot, compilePerturbation, compileScoring } from '../../stages/scoring/compile-passes.js';
import { largestDeviation } from '../../workers/parity/deviation.js';
import { goldenImages } from '../../workers/parity/golden-images.js';
import { roundedBetweenOperations } from '../../workers/parity/rounded.js';
import { inStandardOperators } from '../../workers/parity/standard-operators.js';
import { tolerances } from '../../workers/parity/tolerance.js';
import { type NetworkGolden, readNetwork, readNetworkGolden } from './golden-network.js';

const networks = ['residual', 'bottleneck-folded', 'grouped', 'mixed', 'softmax', 'tied', 'confident-150'];

const scoreNames = [
  'logits',
  'predicted',
  'max_logit',
  'log_odds',
  'log_s',
  'log_sg',
  'log_g',
  'log_norm',
] as const;
type Numbers = Readonly<Record<(typeof scoreNames)[number], readonly number[]>>;
type Feeds = Readonly<Record<string, Tensor>>;

/** How far the grid's scores may be from those of a pass at a time, in parts of the number, or of 1. */
const allowed: Readonly<Record<Lowerings['precision'], number>> = {
  // The order of a float32 sum depends on how many images there are.
  single: 2e-5,
  // So does, rarely, what it rounds to in half precision.
  half: 4e-3,
};

// One after another: the threads of sessions that run at the same time wait for each other, busily.
for (const [preset, lowerings] of Object.entries(loweringPresets))
  for (const { steps, together } of [
    { steps: 1, together: 1 },
    { steps: 3, together: 3 },
    { steps: 3, together: 2 },
  ])
    test.serial(
      `in the forms for ${preset}, a grid of ${steps} ε, ${together} at once, scores as one pass after another`,
      async (t) => {
        for (const network of networks) {
          const golden = readNetworkGolden(network);
          const model = readNetwork(network);
          const passes = await passesOf(preset, network);
          const options = { batch: golden.seeds.length, steps, together, lowerings };
          const grid = await open(compileGrid(model, options), lowerings);
          for (const { temperature, epsilons, cells } of points(golden, steps)) {
            const all = await run(grid, gridFeeds(golden, temperature, epsilons));
            for (const [index, epsilon] of epsilons.entries()) {
              const own = rowsOf(all, index, epsilons.length);
              const alone = await scorePassByPass(passes, golden, temperature, epsilon);
              for (const name of scoreNames)
                t.deepEqual(
                  farFrom(alone[name], own[name], allowed[lowerings.precision]),
                  [],
                  `${network} ${name}`,
                );
              const cell = cells[index];
              if (!cell) continue;
              const tolerance = tolerances[lowerings.precision === 'half' ? 'fp16' : 'fp32'];
              const worst = largestDeviation(cell, asScored(own), tolerance);
              t.true(
                worst.share <= 1,
                `${network}: ${worst.what} is ${worst.value} instead of ${worst.reference}`,
              );
            }
          }
          await grid.release();
        }
      },
    );

for (const [preset, lowerings] of Object.entries(loweringPresets))
  test(`in the forms for ${preset}, a grid holds each weight once for all of its passes`, (t) => {
    for (const network of networks) {
      const model = readNetwork(network);
      const bytes = (graph: Model) => graphMemory(graph, 2).fixedBytes;
      const oneShot = bytes(compileOneShot(model, { batch: 2, lowerings }));
      for (const together of [1, 2, 3]) {
        const grid = bytes(compileGrid(model, { batch: 2, steps: 3, together, lowerings }));
        // Two kilobytes: the shapes that batches of two, four and six images are brought to.
        t.true(grid <= oneShot + 2048, `${network}, ${together} at once: ${grid} bytes, not ${oneShot}`);
      }
    }
  });

test('a grid that is scored in slices needs memory for one of them at a time', (t) => {
  for (const network of networks) {
    const memory = (together: number) => {
      const options = { batch: 2, steps: 6, together };
      return graphMemory(compileGrid(readNetwork(network), options), 2).imageBytes;
    };
    // Beside a slice of one, the six steps' images and scores.
    t.true(memory(1) < 0.45 * memory(6), `${network}: ${memory(1)} bytes, and ${memory(6)} for all at once`);
  }
});

test('a grid takes images, one temperature and the steps of each ε, and gives scores in the order of ε', (t) => {
  const { graph } = decodeModel(
    encodeModel(compileGrid(readNetwork('residual'), { batch: 2, steps: 3, together: 2 })),
  );
  const [{ dims: image } = { dims: null }] = readNetwork('residual').graph.inputs;
  t.deepEqual(
    graph.inputs.map(({ name, type, dims }) => [name, type, dims]),
    [
      ['image', 'float32', [2, ...(image ?? []).slice(1)]],
      ['temperature', 'float32', [1]],
      ['epsilon', 'float32', [3, 3]],
    ],
  );
  t.deepEqual(
    graph.outputs.map(({ name, dims }) => [name, dims?.[0]]),
    scoreNames.map((name) => [name, 6]),
  );
});

test('the same model gives the same grid, byte for byte', (t) => {
  const encoded = () => encodeModel(compileGrid(readNetwork('grouped'), { batch: 2, steps: 2 }));
  t.deepEqual(encoded(), encoded());
});

test('where half precision holds no gradient, the image itself is scored nevertheless', async (t) => {
  const lowerings = loweringPresets.half;
  const golden = readNetworkGolden('residual');
  const options = { batch: golden.seeds.length, steps: 2, lowerings };
  const { opset, metadata, graph } = compileGrid(readNetwork('residual'), options);
  // As by a backward pass that overflows.
  const nodes = graph.nodes.map((node) => (node.type === 'Sign' ? { ...node, type: 'Log' as const } : node));
  const grid = await open({ opset, metadata, graph: { ...graph, nodes } }, lowerings);
  const scores = await run(
    grid,
    gridFeeds(golden, 1, [
      [0, 0, 0],
      [0.01, 0.01, 0.01],
    ]),
  );
  const [still, moved] = [rowsOf(scores, 0, 2), rowsOf(scores, 1, 2)];
  t.true(still.log_norm.every(Number.isFinite));
  t.false(moved.max_logit.some(Number.isFinite));
});

test('a grid of no images or no ε is refused', (t) => {
  const compile = (batch: number, steps: number) => () =>
    compileGrid(readNetwork('residual'), { batch, steps });
  t.throws(compile(0, 3), { message: "the grid's batch is 0, expected an integer of at least 1" });
  t.throws(compile(2, 1.5), { message: "the grid's steps is 1.5, expected an integer of at least 1" });
});

interface TemperatureCells {
  readonly temperature: number;
  readonly epsilons: readonly (readonly number[])[];
  /** What float64 says at each ε, where the golden file has it. */
  readonly cells: readonly (NetworkGolden['cells'][number] | undefined)[];
}

/** Every golden cell: alone, or with the others of its temperature and ε that the file has not. */
function points({ cells }: NetworkGolden, steps: number): readonly TemperatureCells[] {
  if (steps === 1)
    return cells.map((cell) => ({ temperature: cell.temperature, epsilons: [cell.epsilon], cells: [cell] }));
  return [...new Set(cells.map(({ temperature }) => temperature))].map((temperature) => {
    const own = cells.filter((cell) => cell.temperature === temperature);
    const more = Array.from({ length: steps - own.length }, (_, index) =>
      (own[0]?.epsilon ?? []).map((step) => (index + 1) * 0.007 + 1.5 * step),
    );
    return { temperature, epsilons: [...own.map(({ epsilon }) => epsilon), ...more], cells: own };
  });
}

type BothPasses = Readonly<Record<'perturbation' | 'scoring', InferenceSession>>;

const opened = new Map<string, Promise<BothPasses>>();

/** The passes that every grid of a network in the forms of a preset is held to. */
function passesOf(preset: string, network: string): Promise<BothPasses> {
  const key = `${preset} ${network}`;
  const known = opened.get(key) ?? openPasses(preset, network);
  opened.set(key, known);
  return known;
}

async function openPasses(preset: string, network: string): Promise<BothPasses> {
  const lowerings = loweringPresets[preset as keyof typeof loweringPresets];
  const model = readNetwork(network);
  const batch = readNetworkGolden(network).seeds.length;
  return {
    perturbation: await open(compilePerturbation(model, { batch, lowerings }), lowerings),
    scoring: await open(compileScoring(model, { batch, lowerings }), lowerings),
  };
}

function open(model: Model, { precision }: Lowerings): Promise<InferenceSession> {
  const standard = inStandardOperators(model);
  const graph = precision === 'half' ? roundedBetweenOperations(standard) : standard;
  return InferenceSession.create(encodeModel(graph), { logSeverityLevel: 3, intraOpNumThreads: 1 });
}

async function scorePassByPass(
  { perturbation, scoring }: BothPasses,
  golden: NetworkGolden,
  temperature: number,
  epsilon: readonly number[],
): Promise<Numbers> {
  const feeds = { image: imagesOf(golden), temperature: vector([temperature]) };
  const { direction } = await perturbation.run(feeds);
  return run(scoring, { ...feeds, direction: direction!, epsilon: vector(epsilon) });
}

function gridFeeds(
  golden: NetworkGolden,
  temperature: number,
  epsilons: readonly (readonly number[])[],
): Feeds {
  const steps = Float32Array.from(epsilons.flat());
  return {
    image: imagesOf(golden),
    temperature: vector([temperature]),
    epsilon: new Tensor('float32', steps, [epsilons.length, golden.shape[0]]),
  };
}

async function run(session: InferenceSession, feeds: Feeds): Promise<Numbers> {
  const outputs = await session.run(feeds);
  const numbers = scoreNames.map((name) => [
    name,
    Array.from(outputs[name]!.data as Iterable<number | bigint>, Number),
  ]);
  return Object.fromEntries(numbers) as Numbers;
}

/** The part of ε number `index` of `count`. */
function rowsOf(numbers: Numbers, index: number, count: number): Numbers {
  const part = (all: readonly number[]) =>
    all.slice((index * all.length) / count, ((index + 1) * all.length) / count);
  return Object.fromEntries(scoreNames.map((name) => [name, part(numbers[name])])) as unknown as Numbers;
}

function asScored({ logits, predicted, log_odds, log_s, log_sg, log_g }: Numbers) {
  const classes = logits.length / predicted.length;
  return {
    logits: predicted.map((_, image) => logits.slice(image * classes, (image + 1) * classes)),
    predicted,
    logOdds: log_odds,
    logS: log_s,
    logSG: log_sg,
    logG: log_g,
  };
}

function farFrom(expected: readonly number[], actual: readonly number[], limit: number): string[] {
  if (actual.length !== expected.length) return [`${actual.length} numbers instead of ${expected.length}`];
  return expected.flatMap((value, index) =>
    Math.abs(value - actual[index]!) <= limit * Math.max(1, Math.abs(value))
      ? []
      : [`${index}: ${actual[index]} instead of ${value}`],
  );
}

function imagesOf(golden: NetworkGolden): Tensor {
  return new Tensor('float32', goldenImages(golden), [golden.seeds.length, ...golden.shape]);
}

function vector(values: readonly number[]): Tensor {
  return new Tensor('float32', Float32Array.from(values), [values.length]);
}
