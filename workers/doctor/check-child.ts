/** Checks one device in a process of its own, see check-device.ts: a native crash ends this process alone. */

import { withTemporaryFolder } from '../../manifests/output/temporary-folder.js';
import { DeviceError } from '../../stages/errors.js';
import { describeModel } from '../../stages/scoring/describe-model.js';
import { multiplicationFloor } from '../../stages/scoring/multiplication-floor.js';
import { spreadOf } from '../bench/measurement-spread.js';
import { feedsOf } from '../bench/pass.js';
import { type DeviceKind, loweringsOf } from '../devices/device.js';
import { deviceKind } from '../devices/index.js';
import { otherVersion, providerFiles } from '../devices/provider-files.js';
import type { Engine } from '../engines/engine.js';
import { engineWords } from '../engines/engine-words.js';
import { gpuProviderOf } from '../engines/execution-provider.js';
import { machineCores } from '../machine-cores.js';
import { measureParity } from '../parity/measure.js';
import { tolerances } from '../parity/tolerance.js';
import type { CheckTask, Finding } from './check-messages.js';
import { addShares, nodeShares } from './left-to-cpu.js';
import { speedNetworks } from './speed-networks.js';
import { splitThatFits } from './split-that-fits.js';
import { scoreTogether, type TogetherSpeed } from './together.js';
import { compileWholeScore, timeWholeScore, type WholeScore } from './whole-score.js';

/** Images of a batch that is timed. */
const batch = 8;

process.once('message', (task: CheckTask) => {
  check(task).then(
    () => say({ kind: 'done' }),
    (error: unknown) => {
      say({ kind: 'failed', missing: error instanceof DeviceError, message: engineWords(error) });
    },
  );
});

// Nobody is left to hear of it, for example after a signal.
process.on('disconnect', () => process.exit());

function say(finding: Finding): void {
  process.send?.(finding);
}

async function check(task: CheckTask): Promise<void> {
  const kind = deviceKind(task.device.name);
  const engine = await kind.load(task.device, task.precision);
  say({ kind: 'engine', name: engine.name, version: engine.version, provider: engine.provider });
  const text = await differingVersion(engine);
  if (text !== null) say({ kind: 'note', text });
  const threads = machineCores();
  const lowerings = loweringsOf(kind, task.precision);
  const began = performance.now();
  for (const [index, network] of task.networks.entries()) {
    if (index > 0 && performance.now() - began > 1000 * task.paritySeconds) break;
    const tolerance = tolerances[task.precision];
    say({ kind: 'parity', parity: await measureParity(engine, network, { lowerings, threads, tolerance }) });
  }
  await timeNetworks(kind, engine, task, threads);
}

/** That a provider which is a file beside the runtime is of another version. */
async function differingVersion(engine: Engine): Promise<string | null> {
  const provider = gpuProviderOf(engine);
  const files = provider === null || provider === 'webgpu' ? null : await providerFiles(engine.version);
  return files && otherVersion(files, engine.provider);
}

async function timeNetworks(
  kind: DeviceKind,
  engine: Engine,
  { device, precision, speed, speedSeconds, split: usual }: CheckTask,
  threads: number,
): Promise<void> {
  /** Seconds for each multiplication of a worker so far, while the others work too. */
  let rate = 0;
  for (const [index, network] of speed.entries()) {
    const model = speedNetworks[network]?.();
    if (model === undefined) throw new RangeError(`no network ${network}`);
    const work = describeModel(model).multiplications * multiplicationFloor(model).whole * batch;
    const expected = (work * rate * runsExpected) / busier;
    if (expected > speedSeconds) {
      const leftOut = `it would take about ${Math.ceil(expected)} s here`;
      say({ kind: 'speed', speed: { network, batch, imagesPerSecond: null, split: null, leftOut } });
      continue;
    }
    await withTemporaryFolder(async (folder) => {
      const passes = await compileWholeScore(model, folder, {
        batch,
        lowerings: loweringsOf(kind, precision),
      });
      if (index === 0) await countNodes(engine, passes, Number(device.which ?? 0));
      const seconds = Math.min(2, speedSeconds / 3);
      // Half of what is left: a check is no reason to push others out of memory.
      const bytes = process.availableMemory() / 2;
      const split = usual && splitThatFits(usual, passes.memory, batch, bytes);
      const { imagesPerSecond, batchSeconds } =
        split === null
          ? await scoreAlone(engine, passes, { threads, seconds })
          : await scoreTogether(split, { device, precision, passes, seconds });
      rate = batchSeconds / work;
      say({ kind: 'speed', speed: { network, batch, imagesPerSecond, split, leftOut: null } });
    });
  }
}

async function scoreAlone(
  engine: Engine,
  passes: WholeScore,
  timing: { readonly threads: number; readonly seconds: number },
): Promise<TogetherSpeed> {
  const { median } = spreadOf((await timeWholeScore(engine, passes, timing)).whole);
  return { imagesPerSecond: passes.batch / median, batchSeconds: median };
}

/** Runs to warm up, in which a GPU's programs are built, and one that counts. */
const runsExpected = 3;

/** A large network does about so many times more multiplications a second than a small one. */
const busier = 5;

/** Tells which nodes ONNX Runtime's GPU providers leave to the CPU. Other engines have no such nodes. */
async function countNodes(engine: Engine, passes: WholeScore, deviceId: number): Promise<void> {
  const provider = gpuProviderOf(engine);
  if (provider === null) return;
  const shares = [];
  for (const pass of [passes.perturbation, passes.scoring])
    shares.push(await nodeShares(pass.file, provider, deviceId, feedsOf(pass)));
  say({ kind: 'nodes', shares: addShares(shares) });
}
