import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { withTemporaryFolder } from '../../manifests/output/temporary-folder.js';
import { type ProfileEvent, parseProfile } from '../bench/profile-summary.js';
import type { HostTensor } from '../engines/engine.js';
import type { GpuProvider } from '../engines/execution-provider.js';
import { gpuOptions } from '../engines/onnxruntime.js';
import type { NodeShares } from './check-messages.js';

/** Runs a graph once on a GPU provider to see, by ONNX Runtime's own profile, which nodes it leaves to the CPU. */
export async function nodeShares(
  file: string,
  provider: GpuProvider,
  deviceId: number,
  feeds: Readonly<Record<string, HostTensor>>,
): Promise<NodeShares> {
  return withTemporaryFolder(async (folder) => {
    const session = await InferenceSession.create(file, {
      ...gpuOptions(provider, deviceId, []),
      enableProfiling: true,
      profileFilePrefix: join(folder, 'profile'),
    });
    const tensors = Object.entries(feeds).map(([name, { data, dims }]) => [
      name,
      data instanceof Float32Array ? new Tensor('float32', data, dims) : new Tensor('int64', data, dims),
    ]);
    await session.run(Object.fromEntries(tensors));
    session.endProfiling();
    await session.release();
    const [profile] = (await readdir(folder)).filter((name) => name.endsWith('.json'));
    if (profile === undefined) throw new Error('ONNX Runtime wrote no profile');
    return countShares(parseProfile(await readFile(join(folder, profile), 'utf8')));
  });
}

/** @param events of one run */
export function countShares(events: readonly ProfileEvent[]): NodeShares {
  const kernels = events.filter(({ cat, name }) => cat === 'Node' && name.endsWith('_kernel_time'));
  const leftToCpu: Record<string, number> = {};
  for (const { args } of kernels) {
    if (args.provider !== 'CPUExecutionProvider') continue;
    const operation = args.op_name ?? 'unknown';
    leftToCpu[operation] = (leftToCpu[operation] ?? 0) + 1;
  }
  return { nodes: kernels.length, leftToCpu };
}

/** Adds up what several graphs have. */
export function addShares(shares: readonly NodeShares[]): NodeShares {
  const leftToCpu: Record<string, number> = {};
  for (const one of shares)
    for (const [operation, count] of Object.entries(one.leftToCpu))
      leftToCpu[operation] = (leftToCpu[operation] ?? 0) + count;
  return { nodes: shares.reduce((sum, { nodes }) => sum + nodes, 0), leftToCpu };
}
