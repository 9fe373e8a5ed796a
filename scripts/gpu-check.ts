#!/usr/bin/env node
/**
 * Checks grodin on this machine's NVIDIA GPUs and writes a Markdown table: parity with float64, images a second of
 * ResNet-18, ResNet-50 and WRN-28-10, and PyTorch's on the same GPU where it is installed.
 */
import { availableParallelism, cpus } from 'node:os';
import { $, fs } from 'zx';
import { packageVersion } from '../pipeline/cli/version.js';
import { largestShare, stateOf } from '../pipeline/doctor/doctor.js';
import { deviceText } from '../workers/devices/device.js';
import { DeviceError } from '../workers/devices/device-error.js';
import { checkDevice } from '../workers/doctor/check-device.js';
import { requireDevice } from '../workers/doctor/require-device.js';
import { onnxRuntimeCpu } from '../workers/engines/onnxruntime.js';
import { networksToCheck } from '../workers/parity/selection.js';
import { PyTorchPeer, pythonWithTorch } from './bench/pytorch.js';
import { devicesToCheck } from './gpu-check/devices.js';
import { measureDevice } from './gpu-check/measure.js';
import { planMeasurings } from './gpu-check/plan.js';
import { checkTable, type DeviceResult, type PeerResult } from './gpu-check/table.js';
import { runScript, scriptProgram } from './script-program.js';

interface CheckOptions {
  readonly out?: string;
  readonly quick?: boolean;
  readonly device?: string;
}

process.exitCode = await runScript(
  scriptProgram(
    'gpu-check',
    "Check this machine's NVIDIA GPUs and write a Markdown table: parity with float64, images a second of ResNet-18, " +
      "ResNet-50 and WRN-28-10 in every precision, and PyTorch's on the same GPU where it is installed.",
  )
    .option('--out <file>', 'write the table to a file (default: standard output)')
    .option('--quick', 'a tiny network and few golden ones, to see whether it runs at all')
    .option(
      '--device <devices>',
      'what is checked, for example cuda:0 or cuda,webgpu: of a bare kind the first (default: CUDA, and TensorRT where ' +
        'it is installed)',
    )
    .addHelpText('after', '\nExit codes: 0 all are right, 1 one is wrong, 2 bad usage or no GPU to check.')
    .action(check),
);

async function check({ out, quick = false, device: asked }: CheckOptions): Promise<void> {
  const devices = await devicesToCheck(asked);
  // What was named must be there before anything is measured.
  const isNamed = asked !== undefined && asked !== 'auto';
  if (isNamed) for (const { device } of devices) await requireDevice(device, 'fp32');
  const results: DeviceResult[] = [];
  let failed = false;
  let missing: string | null = null;
  for (const task of planMeasurings(devices, quick)) {
    const name = deviceText(task.device);
    console.error(`${name} in ${task.precision} …`);
    const found = await checkDevice({
      device: task.device,
      precision: task.precision,
      networks: networksToCheck,
      paritySeconds: quick ? 5 : 600,
      speed: [],
      speedSeconds: 0,
      split: null,
    });
    const speeds = found.problem === null ? await measureDevice(task) : { measured: [], notes: [] };
    const problem = found.problem?.message ?? (stateOf(found) === 'wrong' ? 'wrong' : null);
    const share = largestShare(found);
    // Nobody asked for what is only not installed.
    const isMissing = !isNamed && found.problem?.missing === true;
    if (isMissing) missing ??= problem;
    if (problem !== null && !isMissing) failed = true;
    results.push({ device: name, precision: task.precision, share, problem, ...speeds });
  }

  if (missing !== null && !failed && results.every(({ problem }) => problem !== null))
    throw new DeviceError(missing);
  const gpus = await $({
    nothrow: true,
    quiet: true,
  })`nvidia-smi --query-gpu=name,driver_version --format=csv,noheader`;
  const text = checkTable(
    {
      date: new Date().toISOString().slice(0, 10),
      gpus:
        gpus.exitCode === 0
          ? gpus.lines()
          : [`${cpus()[0]?.model ?? 'unknown processor'}, ${availableParallelism()} cores`],
      versions: `grodin ${await packageVersion()}, Node ${process.versions.node}, ONNX Runtime ${onnxRuntimeCpu.version}`,
      command: ['node dist/scripts/gpu-check.js', ...process.argv.slice(2)].join(' '),
    },
    results,
    quick ? [] : await peers(),
  );
  if (out === undefined) console.log(text);
  else await fs.writeFile(out, text);
  process.exitCode = failed || results.every(({ problem }) => problem !== null) ? 1 : 0;
}

/** PyTorch image by image, and a batch by vmap with the norms of each image. */
async function peers(): Promise<PeerResult[]> {
  const python = pythonWithTorch();
  if (python === null) return [];
  const found: PeerResult[] = [];
  for (const network of ['resnet18', 'resnet50', 'wrn28-10'])
    for (const mode of ['image-by-image', 'vmap'] as const) {
      const batch = mode === 'vmap' ? 8 : 1;
      const peer = await PyTorchPeer.start(python, network, mode, {
        batch,
        threads: availableParallelism(),
        device: 'cuda',
      });
      if (typeof peer === 'string') {
        console.error(`${network}, PyTorch ${mode}: left out (${peer})`);
        continue;
      }
      const seconds = [await peer.seconds(), await peer.seconds(), await peer.seconds()].sort(
        (a, b) => a - b,
      );
      await peer.finish();
      const how = mode === 'vmap' ? `scoring pass, vmap, batch ${batch}` : 'whole score, image by image';
      found.push({
        network,
        how: `${how} (PyTorch ${peer.version})`,
        imagesPerSecond: batch / (seconds[1] ?? Number.NaN),
      });
    }
  return found;
}
