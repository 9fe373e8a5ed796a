import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InferenceSession } from 'onnxruntime-node';
import { withTemporaryFolder } from '../../manifests/output/temporary-folder.js';
import { decodeModel } from '../../stages/onnx/decode.js';
import { cpuOptions } from '../../workers/engines/onnxruntime.js';

/** What ONNX Runtime made of a graph when it was opened. */
export interface OptimizedGraph {
  readonly nodes: number;
  /** Nodes that bring a tensor into the CPU provider's blocked layout: where it was thrown out of it before. */
  readonly reorderInput: number;
  /** Nodes that bring one out of it. */
  readonly reorderOutput: number;
}

/** Opens a graph once more to see its optimised form, which ONNX Runtime writes to a file. */
export async function optimizedGraph(file: string, threads: number): Promise<OptimizedGraph> {
  return withTemporaryFolder(async (folder) => {
    const optimized = join(folder, 'optimized.onnx');
    const session = await InferenceSession.create(file, {
      ...cpuOptions(threads),
      optimizedModelFilePath: optimized,
      // Weights of which one file can't hold all.
      extra: { session: { optimized_model_external_initializers_file_name: 'optimized.data' } },
    });
    await session.release();
    // Pages that are never touched: nodes are counted, weights not looked at.
    const { nodes } = decodeModel(await readFile(optimized), (_, __, length) => new Uint8Array(length)).graph;
    const count = (type: string): number => nodes.filter((node) => node.type === type).length;
    return {
      nodes: nodes.length,
      reorderInput: count('ReorderInput'),
      reorderOutput: count('ReorderOutput'),
    };
  });
}
