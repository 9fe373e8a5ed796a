import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { deviceKind } from '../devices/index.js';
import type { Parity } from '../parity/measure.js';
import type { CheckTask, Finding, NodeShares, Speed } from './check-messages.js';

/** What was found of one device. */
export interface DeviceFindings {
  readonly engine: { readonly name: string; readonly version: string; readonly provider: string } | null;
  /** What may be wrong although it works, each in a line. */
  readonly notes: readonly string[];
  readonly parity: readonly Parity[];
  /** Null where the engine leaves nothing to the CPU, or did not come so far. */
  readonly nodes: NodeShares | null;
  readonly speed: readonly Speed[];
  /** What went wrong in one line, or null. */
  readonly problem: { readonly missing: boolean; readonly message: string } | null;
}

/** How long a device may be silent: a software GPU builds its programs for minutes. */
const silence = 300_000;

/**
 * Checks a device in a process of its own, started with the variables that its precision needs.
 * @param entry the process's program
 */
export async function checkDevice(
  task: CheckTask,
  entry = fileURLToPath(new URL('./check-child.js', import.meta.url)),
): Promise<DeviceFindings> {
  const environment = deviceKind(task.device.name).environment?.(task.precision, [task.device]) ?? {};
  const child = fork(entry, [], {
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    env: { ...process.env, ...environment },
    execArgv: [],
  });
  const found: Finding[] = [];
  let errors = '';
  child.stderr?.on('data', (chunk) => {
    errors = `${errors}${chunk}`.slice(-2000);
  });
  return new Promise((resolve) => {
    let timer = setTimeout(giveUp, silence);
    function giveUp(): void {
      found.push({ kind: 'failed', missing: false, message: `it made no progress for ${silence / 1000} s` });
      child.kill('SIGKILL');
    }
    child.on('message', (message: Finding) => {
      clearTimeout(timer);
      timer = setTimeout(giveUp, silence);
      found.push(message);
      // A GPU's library may crash in its clean-up; what there was to find has been found.
      if (message.kind === 'done' || message.kind === 'failed') child.kill('SIGKILL');
    });
    child.on('error', (error) => {
      found.push({ kind: 'failed', missing: false, message: error.message });
    });
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      if (!found.some(({ kind }) => kind === 'done' || kind === 'failed')) {
        const how = signal === null ? `with exit code ${code}` : `by ${signal}`;
        const last = errors.trim().split('\n').at(-1) ?? '';
        const said = last === '' ? '' : ` (${last.slice(0, 200)})`;
        found.push({ kind: 'failed', missing: false, message: `its process was ended ${how}${said}` });
      }
      resolve(summarize(found));
    });
    child.send(task);
  });
}

function summarize(found: readonly Finding[]): DeviceFindings {
  const all = <K extends Finding['kind']>(kind: K) =>
    found.filter((one): one is Extract<Finding, { kind: K }> => one.kind === kind);
  const [engine] = all('engine');
  const [failed] = all('failed');
  return {
    engine: engine ? { name: engine.name, version: engine.version, provider: engine.provider } : null,
    notes: all('note').map(({ text }) => text),
    parity: all('parity').map(({ parity }) => parity),
    nodes: all('nodes')[0]?.shares ?? null,
    speed: all('speed').map(({ speed }) => speed),
    problem: failed ? { missing: failed.missing, message: failed.message } : null,
  };
}
