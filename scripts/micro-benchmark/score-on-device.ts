import { readFile } from 'node:fs/promises';
import { assetFile } from '../../manifests/micro-benchmark/assets.js';
import { imageSide } from '../../manifests/micro-benchmark/canvas.js';
import type { PlannedImage } from '../../manifests/micro-benchmark/sets.js';
import { withTemporaryFolder } from '../../manifests/output/temporary-folder.js';
import type { Lowerings } from '../../stages/lowerings/lowerings.js';
import { decodeModel } from '../../stages/onnx/decode.js';
import { logSGFromNorm, summarizeLogits } from '../../stages/scoring/log-odds.js';
import { compileWholeScore } from '../../workers/doctor/whole-score.js';
import type { Engine, HostTensor } from '../../workers/engines/engine.js';
import { epsilonScale } from '../../workers/images/epsilon-scale.js';
import { normalized } from '../../workers/images/normalize.js';
import type { Preprocess } from '../../workers/images/preprocess.js';
import { preprocessPresets } from '../../workers/images/presets.js';
import { openPasses } from '../../workers/passes/open.js';

/** The scores of all images at one cell; every list has one entry for each image. */
interface DeviceCell {
  readonly temperature: number;
  readonly epsilon: number;
  readonly logOdds: readonly number[];
  readonly logSG: readonly number[];
  readonly logits: readonly (readonly number[])[];
}

export interface DeviceScores {
  readonly cells: readonly DeviceCell[];
  /** Of each temperature, by which sign each pixel of each image is perturbed: [T, N, 3, 32, 32]. */
  readonly signs: Int8Array;
}

/** What to score where; every temperature is scored at every ε. */
export interface DeviceOrder {
  readonly engine: Engine;
  readonly lowerings: Lowerings;
  /** For example `resnet-8-seed-0`. */
  readonly model: string;
  readonly temperatures: readonly number[];
  readonly epsilons: readonly number[];
}

const batch = 40;
const pixels = 3 * imageSide * imageSide;

/**
 * Scores images of the micro-benchmark by one of its networks as a run does: one perturbation pass a temperature, one
 * scoring pass a cell, in batches of 40.
 * @param input [N, 3, 32, 32], N a multiple of 40
 */
export async function scoreOnDevice(input: Float32Array, order: DeviceOrder): Promise<DeviceScores> {
  const { engine, lowerings, temperatures, epsilons } = order;
  const model = decodeModel(await readFile(assetFile(`models/${order.model}.onnx`)));
  const scale = epsilonScale(preprocess(), 'pixel');
  const signs = new Int8Array(temperatures.length * input.length);
  const cells = temperatures.flatMap((temperature) =>
    epsilons.map((epsilon) => ({
      temperature,
      epsilon,
      logOdds: [] as number[],
      logSG: [] as number[],
      logits: [] as number[][],
    })),
  );
  await withTemporaryFolder(async (folder) => {
    const { perturbation, scoring } = await compileWholeScore(model, folder, { batch, lowerings });
    const files = { perturbation: perturbation.file, scoring: scoring.file };
    const passes = await openPasses(engine, files, { threads: 1, readsDirections: true });
    for (let start = 0; start < input.length; start += batch * pixels) {
      const data = input.slice(start, start + batch * pixels);
      const images: HostTensor = { type: 'float32', dims: [batch, 3, imageSide, imageSide], data };
      await passes.withBatch(images, async (held) => {
        for (const [index, T] of temperatures.entries()) {
          const direction = await held.perturb(T);
          signs.set(Int8Array.from(await held.read(direction)), index * input.length + start);
          for (const cell of cells.filter((one) => one.temperature === T)) {
            const steps = scale.map((step) => cell.epsilon * step);
            const { logits, classes, logNorm } = await held.score(direction, steps, T);
            for (const [slot, norm] of logNorm.entries()) {
              const { logOdds } = summarizeLogits(logits, slot * classes, classes, T);
              cell.logOdds.push(logOdds);
              cell.logSG.push(logSGFromNorm(logOdds, T, norm));
              cell.logits.push(Array.from(logits.subarray(slot * classes, (slot + 1) * classes)));
            }
          }
        }
      });
    }
    await passes.dispose();
  });
  return { cells, signs };
}

/** Drawn and normalised, [N, 3, 32, 32]. */
export function drawnInput(images: readonly PlannedImage[]): Float32Array {
  const input = new Float32Array(images.length * pixels);
  for (const [index, image] of images.entries()) {
    const drawn = { width: imageSide, height: imageSide, data: Uint8Array.from(image.draw()) };
    input.set(normalized(drawn, preprocess()), index * pixels);
  }
  return input;
}

function preprocess(): Preprocess {
  const { cifar10 } = preprocessPresets;
  if (cifar10 === undefined) throw new Error('there is no preprocessing of CIFAR-10');
  return cifar10;
}
