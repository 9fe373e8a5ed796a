/** Times the networks of one device and precision in a process of its own; says each result as it comes. */
import { availableParallelism } from 'node:os';
import { networks, resNet, seededWeights } from '../../workers/bench/networks.js';
import { spreadOf } from '../../workers/bench/spread.js';
import { withTemporaryFolder } from '../../workers/bench/temporary-folder.js';
import { loweringsOf } from '../../workers/devices/device.js';
import { deviceKind } from '../../workers/devices/index.js';
import { compileWholeScore, timeWholeScore } from '../../workers/doctor/whole-score.js';
import type { Measured, Measuring } from './plan.js';

process.once('message', (task: Measuring) => {
  measure(task).then(
    () => process.send?.({ done: true }, () => process.kill(process.pid, 'SIGKILL')),
    (error: unknown) => process.send?.({ failed: String(error).split('\n')[0] }),
  );
});

async function measure({ device, precision, networks: names, batches, seconds }: Measuring): Promise<void> {
  const kind = deviceKind(device.name);
  const engine = await kind.load(device, precision);
  for (const network of names) {
    const make =
      networks[network] ??
      ((weights) => resNet(weights, { bottleneck: false, depths: [1], width: 8, classes: 10, side: 32 }));
    const model = make(seededWeights(1));
    for (const batch of batches)
      try {
        await withTemporaryFolder(async (folder) => {
          const lowerings = loweringsOf(kind, precision);
          const passes = await compileWholeScore(model, folder, { batch, lowerings });
          const times = await timeWholeScore(engine, passes, { threads: availableParallelism(), seconds });
          const rate = (values: readonly number[]): number => batch / spreadOf(values).median;
          const measured: Measured = {
            network,
            batch,
            perturbation: rate(times.perturbation),
            scoring: rate(times.scoring),
            whole: rate(times.whole),
          };
          process.send?.({ measured });
        });
      } catch (error) {
        // Too large a batch for the GPU's memory, as a rule: smaller ones are measured all the same.
        process.send?.({ note: `${network}, batch ${batch}: ${String(error).split('\n')[0]}` });
      }
  }
}
