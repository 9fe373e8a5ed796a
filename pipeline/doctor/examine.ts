import { DeviceError } from '../../stages/errors.js';
import { type Device, type DeviceKind, deviceText, type Precision } from '../../workers/devices/device.js';
import { deviceKind, deviceKinds, selectDevices } from '../../workers/devices/index.js';
import { checkDevice, type DeviceFindings } from '../../workers/doctor/check-device.js';
import type { CheckTask, Split } from '../../workers/doctor/check-messages.js';
import { speedNetworks } from '../../workers/doctor/speed-networks.js';
import { networksToCheck } from '../../workers/parity/selection.js';
import { countWorkers, planWorkers } from '../plan/workers.js';

/** What is known of one device, or of a kind that this machine has none of. */
export interface DeviceReport extends DeviceFindings {
  /** As `device` of a run takes it. */
  readonly device: string;
  readonly description: string;
  readonly precision: Precision;
  /** All precisions that it supports. */
  readonly precisions: readonly Precision[];
  /** `wrong` where it disagrees with float64, `failed` where it is there but ends in an error or a crash. */
  readonly state: 'works' | 'wrong' | 'failed' | 'missing';
}

/** How thorough a check is. */
export interface ExamineOptions {
  /** As `device` of a run takes it; every kind when left out. */
  readonly device?: string;
  /** Seconds after which no further golden network is begun, for each device. */
  readonly paritySeconds: number;
  /** Networks that would take longer on a device are not timed there. */
  readonly speedSeconds: number;
  /** Told what is being checked. */
  readonly onDevice?: (device: string) => void;
}

/**
 * Checks devices one after another, each in a process of its own.
 * @throws DeviceError where a device is named that can't be
 */
export async function examine(options: ExamineOptions): Promise<readonly DeviceReport[]> {
  const reports: DeviceReport[] = [];
  const kinds = options.device === undefined ? deviceKinds : [deviceKind(options.device.split(':')[0] ?? '')];
  for (const kind of kinds) {
    const devices = await devicesOf(kind, options.device);
    if (devices instanceof DeviceError) {
      reports.push(report(kind, kind.name, missing(devices.message)));
      continue;
    }
    for (const device of devices) {
      options.onDevice?.(deviceText(device));
      const findings = await checkDevice(
        taskOf(kind, device, { ...options, split: defaultSplit(devices, device) }),
      );
      reports.push(report(kind, deviceText(device), findings));
    }
  }
  return reports;
}

async function devicesOf(kind: DeviceKind, text?: string): Promise<readonly Device[] | DeviceError> {
  // A text that makes no sense is an error of its own; a machine without the device is a finding.
  if (text?.includes(':')) return selectDevices(text);
  try {
    return await kind.all();
  } catch (error) {
    if (error instanceof DeviceError) return error;
    throw error;
  }
}

/** The workers that a run on these devices has on this one, where they share the cores. */
function defaultSplit(devices: readonly Device[], device: Device): Split | null {
  if (deviceKind(device.name).eachHas !== 'cores') return null;
  const all = planWorkers(devices, countWorkers(devices, null));
  const [first, ...others] = all.filter((worker) => worker.device === device);
  return { workers: 1 + others.length, threads: first?.threads ?? 1 };
}

function taskOf(
  kind: DeviceKind,
  device: Device,
  { paritySeconds, speedSeconds, split }: ExamineOptions & Pick<CheckTask, 'split'>,
): CheckTask {
  return {
    device,
    precision: kind.precisions[0] ?? 'fp32',
    networks: networksToCheck,
    paritySeconds,
    speed: Object.keys(speedNetworks),
    speedSeconds,
    split,
  };
}

function missing(message: string): DeviceFindings {
  return { engine: null, notes: [], parity: [], nodes: null, speed: [], problem: { missing: true, message } };
}

function report(kind: DeviceKind, device: string, findings: DeviceFindings): DeviceReport {
  const [precision = 'fp32', ...precisions] = kind.precisions;
  const { description } = kind;
  return { device, description, precision, precisions, state: deviceState(findings), ...findings };
}

/** What a device's findings amount to. */
export function deviceState({ problem, parity }: DeviceFindings): DeviceReport['state'] {
  if (problem !== null) return problem.missing ? 'missing' : 'failed';
  return parity.every(({ worst }) => worst.share <= 1) ? 'works' : 'wrong';
}

/** The largest error of a device in parts of what is allowed, or null where none was measured. */
export function largestShare({ parity }: DeviceFindings): number | null {
  return parity.length === 0 ? null : Math.max(...parity.map(({ worst }) => worst.share));
}

/** What to run on, and why, in one line. */
export interface Advice {
  readonly device: string;
  readonly why: string;
}

/**
 * The quickest device that agrees with float64, by the largest network that it and the CPU were timed on.
 * @param asked only devices that support this precision are advised; the rates are those of single precision
 * @returns null where no working device supports it
 */
export function advise(reports: readonly DeviceReport[], asked: Precision = 'fp32'): Advice | null {
  const working = reports.filter(
    ({ state, precision, precisions }) => state === 'works' && [precision, ...precisions].includes(asked),
  );
  for (const network of Object.keys(speedNetworks).reverse()) {
    const timed = working.flatMap(({ device, speed }) => {
      const rate = speed.find((one) => one.network === network)?.imagesPerSecond ?? null;
      return rate === null ? [] : [{ device, rate }];
    });
    const [best, next] = timed.sort((a, b) => b.rate - a.rate);
    if (best === undefined) continue;
    const device = kindName(best.device);
    const than = next === undefined ? '' : `, ${next.device} ${digits(next.rate)}`;
    return { device, why: `${digits(best.rate)} images/s on ${network}${than}` };
  }
  const [first] = working;
  return first === undefined ? null : { device: kindName(first.device), why: 'nothing was timed' };
}

/** GPUs of one kind work together: the bare name stands for all of them. */
function kindName(device: string): string {
  const [name = device] = device.split(':');
  return name;
}

/** What to run on by precision. */
export type AdviceByPrecision = Readonly<Record<Precision, Advice | null>>;

/** The advice for each precision. */
export function adviseAll(reports: readonly DeviceReport[]): AdviceByPrecision {
  return { fp32: advise(reports), tf32: advise(reports, 'tf32'), fp16: advise(reports, 'fp16') };
}

const digits = (rate: number): string => (rate >= 100 ? rate.toFixed(0) : rate.toPrecision(2));
