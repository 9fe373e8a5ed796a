import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Device, Precision } from '../../workers/devices/device.js';
import { deviceKind } from '../../workers/devices/index.js';
import type { DeviceAnswer, DeviceCommand } from './device-messages.js';
import type { Task } from './plan.js';
import type { Row } from './rows.js';

/** How a task, or the binding of a device, ended. */
export type Ending =
  | { readonly kind: 'done' }
  | { readonly kind: 'failed'; readonly missing: boolean; readonly message: string }
  /** The process is gone: it crashed, or was ended, as it was late. */
  | { readonly kind: 'gone'; readonly message: string; readonly isLate: boolean };

/** A process bound to one device and precision: both are settings of a whole process, and a crash ends it alone. */
export class DeviceProcess {
  readonly #child: ChildProcess;
  readonly #say: (row: Row) => void;
  #errors = '';
  #settle: ((ending: Ending) => void) | null = null;
  #gone: Extract<Ending, { kind: 'gone' }> | null = null;

  private constructor(child: ChildProcess, say: (row: Row) => void) {
    this.#child = child;
    this.#say = say;
    child.stderr?.on('data', (chunk) => {
      this.#errors = `${this.#errors}${chunk}`.slice(-2000);
    });
    child.on('message', (answer: DeviceAnswer) => this.#hear(answer));
    child.on('close', (code, signal) => {
      const how = signal === null ? `with exit code ${code}` : `by ${signal}`;
      const last = this.#errors.trim().split('\n').at(-1) ?? '';
      const message = `its process was ended ${how}${last === '' ? '' : ` (${last.slice(0, 200)})`}`;
      this.#gone ??= { kind: 'gone', message, isLate: false };
      this.#end(this.#gone);
    });
  }

  /**
   * Starts one and waits until it is bound.
   * @param environment beside what the precision needs
   */
  static async start(
    { device, precision }: { readonly device: Device; readonly precision: Precision },
    environment: Readonly<Record<string, string>>,
    milliseconds: number,
    say: (row: Row) => void,
  ): Promise<DeviceProcess | Exclude<Ending, { kind: 'done' }>> {
    const needed = deviceKind(device.name).environment?.(precision, [device]) ?? {};
    const child = fork(fileURLToPath(new URL('./device-child.js', import.meta.url)), [], {
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      env: { ...process.env, ...needed, ...environment },
      execArgv: [],
    });
    const started = new DeviceProcess(child, say);
    const ending = await started.#order({ bind: device, precision }, milliseconds);
    if (ending.kind === 'done') return started;
    started.end();
    return ending;
  }

  /** @param seconds what it is told to take @param milliseconds when it is ended, whatever it does */
  run(task: Task, seconds: number, milliseconds: number): Promise<Ending> {
    return this.#order({ task, seconds }, milliseconds);
  }

  get isGone(): boolean {
    return this.#gone !== null;
  }

  end(): void {
    this.#child.kill('SIGKILL');
  }

  #order(order: DeviceCommand, milliseconds: number): Promise<Ending> {
    if (this.#gone !== null) return Promise.resolve(this.#gone);
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.#gone = { kind: 'gone', message: 'it was ended, since the time was over', isLate: true };
        this.end();
      }, milliseconds);
      this.#settle = (ending) => {
        clearTimeout(timer);
        resolve(ending);
      };
      this.#child.send(order, (error) => {
        if (error) this.#end({ kind: 'gone', message: error.message, isLate: false });
      });
    });
  }

  #hear(answer: DeviceAnswer): void {
    if (answer.kind === 'row') this.#say(answer.row);
    else if (answer.kind === 'failed') this.#end(answer);
    else this.#end({ kind: 'done' });
  }

  #end(ending: Ending): void {
    const settle = this.#settle;
    this.#settle = null;
    settle?.(ending);
  }
}
