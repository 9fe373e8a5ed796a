import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import PQueue from 'p-queue';
import { writeAtomically } from '../../manifests/output/atomic-file.js';
import { withTemporaryFolder } from '../../manifests/output/temporary-folder.js';
import { readModel } from '../../pipeline/model/read-model.js';
import { encodeModel } from '../../stages/onnx/encode.js';
import type { Model } from '../../stages/onnx/model.js';
import { compileForward, compilePerturbation, compileScoring } from '../../stages/scoring/compile-passes.js';
import { describeModel } from '../../stages/scoring/describe-model.js';
import { BatchMemory } from '../../workers/batch-memory.js';
import { ratioSpread, type Spread, spreadOf } from '../../workers/bench/measurement-spread.js';
import { type Rounds, timeInTurn } from '../../workers/bench/time-in-turn.js';
import type { HostTensor } from '../../workers/engines/engine.js';
import { onnxRuntimeCpu } from '../../workers/engines/onnxruntime.js';
import { configureDecoder } from '../../workers/images/configure-decoder.js';
import { epsilonScale } from '../../workers/images/epsilon-scale.js';
import { imageFiles } from '../../workers/images/image-file.js';
import { preprocessPresets } from '../../workers/images/presets.js';
import { loadBatch } from '../../workers/load-batch.js';
import type { ModelPasses } from '../../workers/passes/model-passes.js';
import { scoreShard } from '../../workers/score-shard.js';
import { SessionCache } from '../../workers/session-cache.js';
import { ShardImages } from '../../workers/shard-images.js';
import { encodeShard } from '../../workers/store/shard-file.js';
import type { GraphFile, ModelTask, ScoringTask } from '../../workers/task.js';
import { writeJpegs } from './jpegs.js';

/** One cell: the most decoding for each score. A run's first wave has 210 for each image it decodes. */
const cell = { epsilon: 0.002, temperature: 1 };

/** Images decoded at once, as in a worker. */
const decodedAtOnce = 4;

export interface Throughput {
  /** Images a second from JPEG files to a shard's file. */
  readonly pipeline: Spread;
  /** Images a second of the same passes over a batch that is there already. */
  readonly engine: Spread;
  /** The former as a part of the latter, round by round. */
  readonly share: Spread;
}

/**
 * What a worker achieves on JPEG files, decoding, scoring and writing one shard, beside the engine alone.
 * @param file ONNX classifier of 224×224 images
 */
export async function measureThroughput(
  file: string,
  images: number,
  { batch, threads, ...rounds }: Rounds & { readonly batch: number; readonly threads: number },
): Promise<Throughput> {
  return withTemporaryFolder(async (folder) => {
    configureDecoder(1);
    const model = await compiled(file, folder, batch);
    const paths = await writeJpegs(folder, images);
    const task: ScoringTask = {
      model,
      rows: paths.map((path) => ({ id: path, path, label: null, base: path })),
      cells: [cell],
      forwardCells: [],
      forwardTemperatures: [],
      batchSize: batch,
    };
    const cache = new SessionCache(onnxRuntimeCpu, { threads });
    const passes = await cache.of(model);
    const queue = new PQueue({ concurrency: decodedAtOnce });
    const ready = await loadBatch(task.rows.slice(0, batch), batch, model, {
      source: imageFiles(),
      queue,
      memory: new BatchMemory(),
    });
    const seconds = await timeInTurn(
      [
        { name: 'pipeline', run: () => wholeShard(task, join(folder, 'shard.arrow'), { passes, queue }) },
        { name: 'engine', run: () => enginesPart(task, passes, ready.image) },
      ],
      rounds,
    );
    await passes.dispose();
    const rates = (name: 'pipeline' | 'engine'): number[] =>
      (seconds.get(name) ?? []).map((time) => images / time);
    const [pipeline, engine] = [rates('pipeline'), rates('engine')];
    return {
      pipeline: spreadOf(pipeline),
      engine: spreadOf(engine),
      share: ratioSpread(pipeline, engine),
    };
  });
}

async function compiled(file: string, folder: string, batch: number): Promise<ModelTask> {
  const model = await readModel(file);
  const preprocess = preprocessPresets.imagenet;
  if (!preprocess) throw new TypeError('there is no preset imagenet');
  const write = async (name: string, graph: Model): Promise<GraphFile> => {
    const path = join(folder, `${name}.onnx`);
    const bytes = encodeModel(graph);
    await writeFile(path, bytes);
    return { file: path, sha256: createHash('sha256').update(bytes).digest('hex') };
  };
  return {
    name: 'benchmark',
    sha256: '',
    forward: await write('forward', compileForward(model, { batch })),
    gradient: {
      kind: 'passes',
      perturbation: await write('perturbation', compilePerturbation(model, { batch })),
      scoring: await write('scoring', compileScoring(model, { batch })),
    },
    preprocess,
    input: describeModel(model),
    epsilonScale: epsilonScale(preprocess, 'pixel'),
  };
}

async function wholeShard(
  task: ScoringTask,
  file: string,
  { passes, queue }: { passes: ModelPasses; queue: PQueue },
) {
  const images = new ShardImages(task, { source: imageFiles(), queue, memory: new BatchMemory() });
  const context = { passes, images, isStopped: () => false };
  const scores = await scoreShard(task, context);
  if (scores === null || scores.failures.length > 0)
    throw new Error(`the benchmark's own images could not be scored: ${scores?.failures[0]?.message}`);
  const { name, version, provider } = onnxRuntimeCpu;
  const bytes = encodeShard(scores, {
    identity: 'benchmark',
    engine: name,
    engineVersion: version,
    provider,
    processor: 'benchmark',
    batchSize: task.batchSize,
    stepsTogether: 1,
  });
  await writeAtomically(file, bytes);
}

/** The passes that a shard needs, in their order. */
async function enginesPart(task: ScoringTask, passes: ModelPasses, images: HostTensor): Promise<void> {
  const { epsilon, temperature } = cell;
  const steps = task.model.epsilonScale.map((scale) => epsilon * scale);
  for (let start = 0; start < task.rows.length; start += task.batchSize)
    await passes.withBatch(images, async (batch) =>
      batch.score(await batch.perturb(temperature), steps, temperature),
    );
}
