import { InferenceSession, Tensor } from 'onnxruntime-node';
import { cpuLowerings, type Lowerings } from '../../stages/lowerings/lowerings.js';
import { encodeModel } from '../../stages/onnx/encode.js';
import { elementCount, type Model } from '../../stages/onnx/model.js';
import { compileOneShot, decideModelParameters } from '../../stages/scoring/compile-passes.js';
import type { ComparedScore, Family } from './family.js';

/** Of each row of the family, what the compiled scorer gives. */
export type Scores = readonly Readonly<Record<ComparedScore, number>>[];

/** How many images a family's rows are of. */
const imagesOf = ({ rows }: Family): number => Math.max(...rows.map(({ image }) => image)) + 1;

/**
 * What `exact.py` runs in float64: the scorer as processors get it, but with normalisations kept, whose joining with kernels
 * rounds to float32.
 */
export function forDoublePrecision(model: Model, family: Family): Uint8Array {
  const lowerings: Lowerings = { ...cpuLowerings, normalization: 'kept' };
  return encodeModel(compileOneShot(model, { batch: imagesOf(family), lowerings }));
}

/** Scores of a family's images by a compiled model of it, and how many elements its parameters have. */
export async function scoresOf(
  model: Model,
  family: Family,
): Promise<{ scores: Scores; parameters: number }> {
  const count = imagesOf(family);
  const compiled = encodeModel(compileOneShot(model, { batch: count, lowerings: cpuLowerings }));
  const session = await InferenceSession.create(compiled);
  const image = new Tensor('float32', Float32Array.from(family.images), [count, 3, family.size, family.size]);
  const scores: Readonly<Record<ComparedScore, number>>[] = [];
  const cells = new Map<string, InferenceSession.OnnxValueMapType>();
  for (const { temperature, epsilon, image: index } of family.rows) {
    const cell = `${temperature}/${epsilon}`;
    const outputs =
      cells.get(cell) ??
      (await session.run({
        image,
        temperature: new Tensor('float32', [temperature], [1]),
        epsilon: new Tensor('float32', [epsilon, epsilon, epsilon], [3]),
      }));
    cells.set(cell, outputs);
    const at = (name: string): number => Number(outputs[name]?.data[index]);
    scores.push({ logOdds: at('log_odds'), logS: at('log_s'), logSG: at('log_sg'), logG: at('log_g') });
  }
  await session.release();
  const { parameters } = decideModelParameters(model);
  return { scores, parameters: parameters.reduce((total, { dims }) => total + elementCount(dims), 0) };
}
