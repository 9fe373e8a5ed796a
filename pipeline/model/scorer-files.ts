import { outputPlace, writeOutput, writeOutputPair } from '../../manifests/output/output-file.js';
import type { Model } from '../../stages/onnx/model.js';
import { dataEnding, encodeGraph } from '../../workers/onnx-files/graph-files.js';
import { naming } from './read-model.js';

/** The files of a scorer. */
export interface ScorerFiles {
  /** Path of the ONNX file. */
  readonly file: string;
  /** Path of the file beside it that holds its weights, or null where the ONNX file does. */
  readonly data: string | null;
}

/**
 * Writes a scorer: one ONNX file, or, where its weights don't fit in it, another beside it first. Each appears whole or not
 * at all.
 * @param of the model that it was compiled from
 * @param largestFile bytes of an ONNX file that holds its weights; by default as many as there can be
 * @throws InputError or RunFailedError naming the output, ModelError naming the model
 */
export async function writeScorerFiles(
  output: string,
  { of, scorer }: { readonly of: string; readonly scorer: Model },
  largestFile?: number,
): Promise<ScorerFiles> {
  const place = await outputPlace(output);
  const { file, data } = naming(of, () => encodeGraph(place, scorer, largestFile));
  if (data !== null)
    return {
      file: output,
      data: await writeOutputPair(output, file, { ending: dataEnding, content: data }),
    };
  await writeOutput(output, file, async () => {});
  return { file: output, data: null };
}
