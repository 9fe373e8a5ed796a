import { kindOf } from '../../pipeline/plan/workers.js';
import { InputError } from '../../stages/errors.js';
import { type Device, deviceText } from '../../workers/devices/device.js';

/** One `grodin run` of a launch. */
export interface LocalProcess {
  /** What its lines are marked with. */
  readonly name: string;
  /** What it is started by, for example `taskset`; empty for nothing. */
  readonly prefix: readonly string[];
  /** Its options beyond those of all. */
  readonly options: readonly string[];
  /** Its variables beyond those of the launcher. */
  readonly environment: Readonly<Record<string, string>>;
}

/** The devices, cores and memory that a launch may use. */
export interface LaunchResources {
  /** All of one kind, from `selectDevices`. */
  readonly devices: readonly Device[];
  /** How many processes were asked for, or null. */
  readonly processes: number | null;
  /** How many cores there are. */
  readonly parallelism: number;
  /** Their numbers, where processes can be pinned to them, else null. */
  readonly cores: readonly number[] | null;
  /** Workers of each process that were asked for, or null. */
  readonly workers: number | null;
  /** Bytes for all processes together, or null where they are not bounded. */
  readonly memory: number | null;
}

/** How many cores one process has unless told otherwise: about what shares a cache and a memory on large machines. */
const CORES_A_PROCESS = 8;

/**
 * Divides a machine among processes: one for each GPU, or one for each group of cores.
 * @throws InputError when the devices can't be divided so
 */
export function planProcesses(resources: LaunchResources): readonly LocalProcess[] {
  const onCores = kindOf(resources.devices).eachHas === 'cores';
  const processes = onCores ? overCores(resources) : overDevices(resources);
  const share = resources.memory === null ? null : Math.floor(resources.memory / processes.length);
  if (share === null) return processes;
  return processes.map((one) => ({ ...one, options: [...one.options, '--memory', `${share}`] }));
}

function overDevices({ devices, processes, workers }: LaunchResources): LocalProcess[] {
  requireOneEach('processes', processes, devices);
  requireOneEach('workers', workers, devices);
  return devices.map((device) => {
    const { alone } = kindOf([device]);
    const name = deviceText(device);
    if (device.which === null || alone === undefined) {
      return { name, prefix: [], options: ['--device', name], environment: {} };
    }
    const options = ['--device', `${device.name}:0`];
    return { name, prefix: [], options, environment: alone(device.which) };
  });
}

function overCores({ devices, processes, parallelism, cores, workers }: LaunchResources): LocalProcess[] {
  // Groups of cores that have names, `cpu:0,1`, are as many processes.
  const named = devices.length > 1;
  if (named) requireOneEach('processes', processes, devices);
  requireCores(named ? devices.length : (processes ?? 1), named ? 'device' : 'processes', parallelism);
  const count = named ? devices.length : (processes ?? Math.ceil(parallelism / CORES_A_PROCESS));
  return Array.from({ length: count }, (_, index) => {
    const device = devices[named ? index : 0];
    if (device === undefined) throw new RangeError(`no device for process ${index}`);
    const text = deviceText(device);
    const from = Math.floor((index * parallelism) / count);
    const own = Math.floor(((index + 1) * parallelism) / count) - from;
    const pinned = cores?.slice(from, from + own).join(',');
    const prefix = pinned === undefined || count === 1 ? [] : ['taskset', '-c', pinned];
    // A process that is not pinned sees all cores.
    const divided = prefix.length === 0 && count > 1 && device.which === null;
    const share = workers ?? (divided ? own : null);
    return {
      name: named || count === 1 ? text : `${text} ${index + 1}`,
      prefix,
      options: ['--device', text, ...(share === null ? [] : ['--workers', `${share}`])],
      environment: {},
    };
  });
}

function requireOneEach(option: string, asked: number | null, devices: readonly Device[]): void {
  if (asked === null || asked === devices.length) return;
  const texts = devices.map(deviceText).join(', ');
  throw new InputError(
    `--${option}: found ${asked}, but ${texts} ${devices.length === 1 ? 'has one' : `have one each, ${devices.length} in all`}; ` +
      `leave --${option} out, or name other devices`,
  );
}

/** A machine with more processes than cores stands still. */
function requireCores(count: number, option: 'device' | 'processes', parallelism: number): void {
  if (count <= parallelism) return;
  const found = option === 'device' ? `${count} groups of cores` : `${count}`;
  const cores = parallelism === 1 ? 'is 1 core' : `are ${parallelism} cores`;
  throw new InputError(
    `--${option}: found ${found}, but there ${cores} to run on; ask for ${parallelism} at most`,
  );
}
