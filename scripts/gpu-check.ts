#!/usr/bin/env node
/**
 * Checks grodin on this machine's GPUs: agreement with float64, where errors are born, images a second in every
 * precision, the forms that graphs are compiled in, and PyTorch on the same GPU. Every row is written as it is measured.
 */
import { availableParallelism, cpus } from 'node:os';
import { InvalidArgumentError } from 'commander';
import { exitCodes } from '../pipeline/cli/exit-codes.js';
import { positiveNumber } from '../pipeline/cli/options/numbers.js';
import { packageVersion } from '../pipeline/store/package-version.js';
import { DeviceError } from '../stages/errors.js';
import { type LoweringPreset, loweringPresets } from '../stages/lowerings/lowerings.js';
import { choiceNames } from '../stages/lowerings/other-forms.js';
import { deviceText, type Precision } from '../workers/devices/device.js';
import { requireDevice } from '../workers/doctor/require-device.js';
import { onnxRuntimeCpu } from '../workers/engines/onnxruntime.js';
import { checkTable, type Surroundings } from './gpu-check/check-table.js';
import { conduct } from './gpu-check/conduct-tasks.js';
import { devicesToCheck } from './gpu-check/devices-to-check.js';
import { gpuNames } from './gpu-check/gpu-names.js';
import { Ledger } from './gpu-check/ledger.js';
import { networkNames } from './gpu-check/parts/part.js';
import { measurePeers } from './gpu-check/peers.js';
import { planTasks, type Task } from './gpu-check/plan.js';
import { type DevicePart, deviceParts, type Row } from './gpu-check/rows.js';
import { runScript, scriptProgram } from './script-program.js';
import './typed-from.js';

interface CheckOptions {
  readonly out?: string;
  readonly quick?: boolean;
  readonly device?: string;
  readonly parts?: readonly (DevicePart | 'peers')[];
  readonly networks?: readonly string[];
  readonly batches?: readonly number[];
  readonly precisions?: readonly Precision[];
  readonly preset?: LoweringPreset;
  readonly choices?: readonly string[];
  readonly seconds?: number;
}

const allParts = [...deviceParts, 'peers'] as const;
/** Those that are measured where none is named: the many cases of operations take long to open. */
const usualParts = allParts.filter((part) => part !== 'operations');
const presetNames = Object.keys(loweringPresets) as LoweringPreset[];
const allPrecisions: readonly Precision[] = ['fp32', 'tf32', 'fp16'];

process.exitCode = await runScript(
  scriptProgram(
    'gpu-check',
    "Check this machine's GPUs: agreement with float64, where errors are born, images a second in every precision, the forms that graphs are " +
      'compiled in, several perturbation sizes at once, where the time goes, and PyTorch on the same GPU. Every row is ' +
      'written as it is measured.',
  )
    .option(
      '--out <folder>',
      'keep rows.jsonl and check.md there, and those of a check before under other names (default: print the table at the end)',
    )
    .option('--quick', 'a tiny network and little time, to see whether it runs at all')
    .option(
      '--device <devices>',
      'what is checked, for example cuda:0 or cuda,webgpu: of a bare kind the first (default: CUDA, and TensorRT where ' +
        'it is installed)',
    )
    .option('--parts <names>', `of ${allParts.join(', ')} (default: all but operations)`, listOf(allParts))
    .option(
      '--networks <names>',
      `of ${networkNames.join(', ')} (default: all but tiny)`,
      listOf(networkNames),
    )
    .option('--batches <sizes>', 'images of a batch (default: 8,32,128)', sizes)
    .option('--precisions <names>', `of ${allPrecisions.join(', ')} (default: all)`, listOf(allPrecisions))
    .option(
      '--preset <name>',
      `compile by other forms than the device's: ${presetNames.join(', ')}`,
      oneOf(presetNames),
    )
    .option(
      '--choices <names>',
      `which choices the parts forms and values make otherwise, of ${choiceNames.join(', ')} (default: all; of values: linear)`,
      listOf(choiceNames),
    )
    .option('--seconds <number>', 'for everything together (default: 1200)', positiveNumber)
    .addHelpText(
      'after',
      '\nExit codes: 0 all are right, 1 one is wrong or a peer is missing, 2 bad usage or no GPU, 75 the time was over before all was measured.',
    )
    .action(check),
);

async function check(options: CheckOptions): Promise<void> {
  const { quick = false, device: asked, out } = options;
  const seconds = options.seconds ?? (quick ? 60 : 1200);
  const until = performance.now() + 1000 * seconds;
  const devices = await devicesToCheck(asked);
  // Devices that were named must be there before anything is measured; others may be missing.
  const isNamed = asked !== undefined && asked !== 'auto';
  if (isNamed) for (const { device } of devices) await requireDevice(device, 'fp32');
  const parts = options.parts ?? (quick ? (['parity', 'speed'] as const) : usualParts);
  const wishes = {
    parts: deviceParts.filter((part) => parts.includes(part)),
    networks: options.networks ?? (quick ? ['tiny'] : networkNames.filter((name) => name !== 'tiny')),
    batches: options.batches ?? (quick ? [1, 2] : [8, 32, 128]),
    precisions: options.precisions ?? null,
    preset: options.preset ?? null,
    choices: options.choices ?? null,
  };
  const surroundings = await surroundingsOf();
  const ledger = new Ledger(out ?? null, (rows) => checkTable(surroundings, rows));
  const say = (row: Row): void => ledger.add(row);
  const tasks = planTasks(devices, wishes);
  // Peers are last, and need a part of the time that the devices leave them.
  const withPeers = parts.includes('peers');
  const share = withPeers ? (wishes.parts.length === 0 ? 1 : 0.3) : 0;
  const { missing } = await conduct(tasks, until - 1000 * seconds * share, say, (line) =>
    console.error(line),
  );
  if (!isNamed) refuseIfNothing(missing, tasks);
  if (withPeers) {
    const [first] = devices;
    await measurePeers(
      {
        device: first?.device.name === 'cpu' ? 'cpu' : 'cuda',
        networks: wishes.networks,
        precisions: wishes.precisions ?? first?.kind.precisions ?? ['fp32'],
        batches: wishes.batches,
        seconds: Math.max(1, (until - performance.now()) / 1000),
      },
      say,
    );
  }
  ledger.write();
  if (out === undefined) console.log(checkTable(surroundings, ledger.rows));
  const isWrong = ledger.rows.some(
    (row) =>
      (row.part === 'problem' && row.fails === true && !isOnlyMissing(row, isNamed, missing)) ||
      (row.part === 'parity' && !(Number(row.share) <= 1)) ||
      (row.part === 'operations' && row.wrong.length > 0),
  );
  const isLate = ledger.rows.some(
    (row) => (row.part === 'problem' && row.isLate) || (row.part === 'peers' && row.left_out === 'time'),
  );
  process.exitCode = isWrong ? exitCodes.failed : isLate ? exitCodes.interrupted : 0;
}

/** @throws DeviceError where none of the devices that are usually there is */
function refuseIfNothing(missing: ReadonlyMap<string, string>, tasks: readonly Task[]): void {
  const [why] = missing.values();
  if (why !== undefined && tasks.every(({ device }) => missing.has(deviceText(device))))
    throw new DeviceError(why);
}

function isOnlyMissing(row: Row, isNamed: boolean, missing: ReadonlyMap<string, string>): boolean {
  return !isNamed && row.part === 'problem' && [...missing.values()].includes(String(row.message));
}

async function surroundingsOf(): Promise<Surroundings> {
  const gpus = await gpuNames();
  return {
    date: new Date().toISOString().slice(0, 10),
    gpus:
      gpus.length > 0
        ? gpus
        : [`${cpus()[0]?.model ?? 'unknown processor'}, ${availableParallelism()} cores`],
    versions: `grodin ${await packageVersion()}, Node ${process.versions.node}, ONNX Runtime ${onnxRuntimeCpu.version}`,
    command: ['node dist/scripts/gpu-check.js', ...process.argv.slice(2)].join(' '),
  };
}

function oneOf<Name extends string>(names: readonly Name[]): (text: string) => Name {
  return (text) => {
    const name = names.find((one) => one === text);
    if (name !== undefined) return name;
    throw new InvalidArgumentError(`"${text}" is none of ${names.join(', ')}`);
  };
}

/** Reads a list of names. */
function listOf<Name extends string>(names: readonly Name[]): (text: string) => readonly Name[] {
  return (text) =>
    text.split(',').map((part) => {
      const name = names.find((one) => one === part.trim());
      if (name !== undefined) return name;
      throw new InvalidArgumentError(`"${part}" is none of ${names.join(', ')}`);
    });
}

function sizes(text: string): readonly number[] {
  return text.split(',').map((part) => {
    if (/^[1-9]\d{0,5}$/.test(part.trim())) return Number(part);
    throw new InvalidArgumentError(`"${part}" is not a number of images`);
  });
}
