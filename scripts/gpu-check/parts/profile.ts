import { withTemporaryFolder } from '../../../manifests/output/temporary-folder.js';
import { profilePass } from '../../../workers/bench/profile.js';
import { gpuProviderOf } from '../../../workers/engines/execution-provider.js';
import { cpuOptions, gpuOptions } from '../../../workers/engines/onnxruntime.js';
import { type CheckPart, forBatches, networkOf, originOf } from './part.js';
import { writePass } from './passes.js';

/** Kinds of nodes that are told of each pass, the most costly first. */
const told = 100;

/**
 * Where the time of each pass goes, by ONNX Runtime's own profile. Its process is started so that every kernel is waited
 * for: a node's time is then that of its kernels, and the sum is more than a pass takes otherwise.
 */
export const profile: CheckPart = (context) =>
  forBatches(context, (batch) =>
    withTemporaryFolder(async (folder) => {
      const { engine, lowerings, task, threads, say } = context;
      if (engine.name !== 'onnxruntime') return;
      const provider = gpuProviderOf(engine);
      const { name: network, model } = networkOf(task);
      const options =
        provider === null ? cpuOptions(threads) : gpuOptions(provider, Number(task.device.which ?? 0), []);
      for (const pass of ['one-graph', 'forward'] as const) {
        const written = await writePass(pass, model, folder, { batch, lowerings });
        const { nodes } = await profilePass({ kind: 'plain', ...written }, options, batch);
        for (const { operation, inputs, nodes: count, ms, share } of nodes.slice(0, told))
          say({
            part: 'profile',
            ...originOf(task),
            network,
            batch,
            pass,
            operation,
            inputs,
            nodes: count,
            ms: ms * batch,
            share,
          });
      }
    }),
  );
