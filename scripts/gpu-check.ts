#!/usr/bin/env node
/**
 * Checks grodin on this machine's NVIDIA GPUs and writes a Markdown table: parity with float64, images a second of
 * ResNet-18, ResNet-50 and WRN-28-10, and PyTorch's on the same GPU where it is installed.
 *
 *     node dist/scripts/gpu-check.js [--out FILE.md] [--quick] [--device cuda,tensorrt]
 *
 * Without --device it takes CUDA, and TensorRT where it is installed. Ends with exit code 2 where there is no GPU to
 * check, 1 where one is wrong.
 */
import { availableParallelism, cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { $, fs } from 'zx';
import { packageVersion } from '../pipeline/cli/version.js';
import { largestShare, stateOf } from '../pipeline/doctor/doctor.js';
import { type Device, type DeviceKind, deviceText } from '../workers/devices/device.js';
import { DeviceError } from '../workers/devices/device-error.js';
import { deviceKind } from '../workers/devices/index.js';
import { checkDevice } from '../workers/doctor/check-device.js';
import { onnxRuntimeCpu } from '../workers/engines/onnxruntime.js';
import { networksToCheck } from '../workers/parity/selection.js';
import { PyTorchPeer, pythonWithTorch } from './bench/pytorch.js';
import { measureDevice } from './gpu-check/measure.js';
import { planMeasurings } from './gpu-check/plan.js';
import { checkTable, type DeviceResult, type PeerResult } from './gpu-check/table.js';

const { values } = parseArgs({
  options: {
    out: { type: 'string' },
    quick: { type: 'boolean', default: false },
    device: { type: 'string' },
  },
});

const devices: { kind: DeviceKind; device: Device }[] = [];
for (const name of (values.device ?? 'cuda,tensorrt').split(',')) {
  try {
    const kind = deviceKind(name);
    const [device] = await kind.all();
    if (device !== undefined) devices.push({ kind, device });
  } catch (error) {
    if (!(error instanceof DeviceError)) throw error;
    console.error(`gpu-check: ${error.message}`);
    process.exit(2);
  }
}

const results: DeviceResult[] = [];
let failed = false;
for (const task of planMeasurings(devices, values.quick)) {
  const name = deviceText(task.device);
  console.error(`${name} in ${task.precision} …`);
  const found = await checkDevice({
    device: task.device,
    precision: task.precision,
    networks: networksToCheck,
    paritySeconds: values.quick ? 5 : 600,
    speed: [],
    speedSeconds: 0,
    split: null,
  });
  const speeds = found.problem === null ? await measureDevice(task) : { measured: [], notes: [] };
  const problem = found.problem?.message ?? (stateOf(found) === 'wrong' ? 'wrong' : null);
  const share = largestShare(found);
  // Nobody asked for what is only not installed.
  const isMissing = values.device === undefined && found.problem?.missing === true;
  if (problem !== null && !isMissing) failed = true;
  results.push({ device: name, precision: task.precision, share, problem, ...speeds });
}

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
  values.quick ? [] : await peers(),
);
if (values.out === undefined) console.log(text);
else await fs.writeFile(values.out, text);
process.exitCode = failed || results.every(({ problem }) => problem !== null) ? 1 : 0;

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
