import { createRequire } from 'node:module';
import test, { type ExecutionContext } from 'ava';
import { DeviceError } from '../../../stages/errors.js';
import { multiply } from '../../../stages/graph/arithmetic.js';
import { GraphBuilder } from '../../../stages/graph/builder.js';
import { reshape } from '../../../stages/graph/layout.js';
import { reduceSum } from '../../../stages/graph/reduction.js';
import { portableLowerings } from '../../../stages/lowerings/lowerings.js';
import { compileForward, compileOneShot } from '../../../stages/scoring/compile-passes.js';
import { isAllocationFailure } from '../../../workers/allocation-failure.js';
import { loadWebGpu } from '../../../workers/devices/load-tfjs.js';
import { DeviceLostError, type Engine, outputNamed, runOnHost } from '../../../workers/engines/engine.js';
import type { TensorFlow } from '../../../workers/engines/tfjs/tensorflow.js';
import { goldenImages } from '../../../workers/parity/golden-images.js';
import { disagreementsAt, readNetwork, readNetworkGolden } from '../../scoring/golden-network.js';
import { nothingToRunOn } from '../nothing-to-run-on.js';
import { goldenDisagreements, openGraph, partOf, scored, vector } from './golden-scores.js';
import { openTinyBatches } from './tiny-batches.js';

// A software GPU builds a program for each operation and shape, and is slow: few networks, images and cells.
const graphsTimeout = 300_000;

let engine: Engine | DeviceError;

test.before(async () => {
  engine = await loadWebGpu(null).catch((error: unknown) => {
    if (error instanceof DeviceError) return error;
    throw error;
  });
});

/** The same instance as the engine's. */
function tensorFlow(): TensorFlow {
  return createRequire(import.meta.url)('@tensorflow/tfjs-core');
}

/** A test of the engine, where it is. */
function onWebGpu(title: string, run: (t: ExecutionContext, engine: Engine) => Promise<void>): void {
  test.serial(title, async (t) => {
    t.timeout(graphsTimeout);
    if (engine instanceof DeviceError) nothingToRunOn(t, engine.message);
    else await run(t, engine);
  });
}

// Networks of convolutions are held to PyTorch's float64 by ../parity.test.ts.
onWebGpu('max-pools and products of matrices score on WebGPU as in PyTorch float64', async (t, engine) => {
  const part = { images: 2, cells: ({ temperature }: { temperature: number }) => temperature === 1 };
  t.deepEqual(await goldenDisagreements(t, engine, 'perceptron', part), []);
});

onWebGpu('the forward and the one-shot graph give on WebGPU what PyTorch float64 does', async (t, engine) => {
  const golden = partOf(readNetworkGolden('softmax'), {
    cells: ({ epsilon }) => epsilon.some((step) => step > 0),
  });
  const [cell] = golden.cells;
  const images = { type: 'float32', dims: [5, 3, 18, 18], data: goldenImages(golden) } as const;
  const options = { batch: 5, lowerings: portableLowerings };

  const oneShot = await openGraph(t, engine, compileOneShot(readNetwork('softmax'), options));
  const outputs = await runOnHost(engine, oneShot, {
    image: images,
    temperature: vector([cell!.temperature]),
    epsilon: vector(cell!.epsilon),
  });
  t.deepEqual(disagreementsAt(cell!, scored(outputs, 5)), []);

  const forward = await openGraph(t, engine, compileForward(readNetwork('softmax'), options));
  const { data } = outputNamed(await runOnHost(engine, forward, { image: images }), 'logits');
  const expected = readNetworkGolden('softmax').cells[0]!.logits!.flat();
  for (const [index, logit] of expected.entries()) t.true(Math.abs(Number(data[index]) - logit) <= 1e-4);
  await oneShot.dispose();
  await forward.dispose();
});

onWebGpu('memory on WebGPU does not grow over batches, and goes back to the device', async (t, engine) => {
  // It counts the backend's buffers too.
  const memory = (): Record<string, unknown> => ({ ...tensorFlow().memory() });
  const before = memory();
  const batches = await openTinyBatches(t, engine);
  // What the first batch brings to the device is taken by the second.
  for (let run = 0; run < 2; run += 1) await batches.score();
  const first = memory();
  t.true(Number(first.numBytesInGPU) > Number(before.numBytesInGPU));
  for (let run = 0; run < 4; run += 1) await batches.score();
  t.deepEqual(memory(), first);
  await batches.dispose();
  t.deepEqual(memory(), { ...before, numBytesAllocatedInGPU: before.numBytesInGPU });
});

onWebGpu(
  'a tensor that the device can not hold fails the pass, which would give zeros',
  async (t, engine) => {
    const side = 2 ** 15;
    const b = new GraphBuilder(1);
    const x = b.input('x', [side, 1]);
    const square = multiply(b, x, reshape(b, x, [1, side]));
    b.output('y', reduceSum(b, square, [1]));
    const feeds = { x: { type: 'float32', dims: [side, 1], data: new Float32Array(side).fill(1) } } as const;
    const session = await openGraph(t, engine, b.finish('square'));
    const error = await t.throwsAsync(runOnHost(engine, session, feeds));
    t.regex(error!.message, /^WebGPU: out of memory .*; take a smaller batch$/);
    t.true(isAllocationFailure(error));
    await session.dispose();
    const batches = await openTinyBatches(t, engine);
    await t.notThrowsAsync(batches.score());
    await batches.dispose();
  },
);

// The last one: the engine is of no use afterwards.
onWebGpu('a GPU that is lost fails every pass from then on, and says so', async (t, engine) => {
  const batches = await openTinyBatches(t, engine);
  await batches.score();
  const { device } = tensorFlow().backend() as unknown as { readonly device: GPUDevice };
  device.destroy();
  for (let run = 0; run < 2; run += 1)
    await t.throwsAsync(batches.score(), {
      instanceOf: DeviceLostError,
      message: /^WebGPU: the GPU was lost \(.*\); take a smaller batch if this goes on$/,
    });
});
