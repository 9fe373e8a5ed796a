import { type ChildProcess, fork } from 'node:child_process';
import { Socket } from 'node:net';
import { remove, removeUnfinished } from '../../manifests/output/left-behind.js';
import { makeTemporaryPath } from '../../manifests/output/temporary-folder.js';
import { stopIfAborted } from '../../stages/aborted.js';
import { RunFailedError } from '../../stages/errors.js';
import { forwardNotes } from './forward-notes.js';
import type { FromWorking, ToWorking } from './messages.js';
import { nodeOptions } from './node-options.js';
import { reasonOf, signalGroup } from './process-group.js';
import { thrownAgain } from './thrown.js';

/**
 * A process started for some work, with a temporary folder of its own. It works only while it is waited for, and ends when
 * it is aborted or this process ends, in whatever way; nothing that it made for a while outlives it.
 */
export class OwnProcess {
  readonly #child: ChildProcess;
  readonly #signal: AbortSignal | undefined;
  readonly #said: FromWorking[] = [];
  readonly #abort = (): void => signalGroup(this.#child, 'SIGKILL');
  readonly #closed: Promise<void>;
  /** How it ended; null while it lives. */
  #end: string | null = null;
  #wake: () => void = () => {};

  /**
   * @param program its program, which calls `endWithParent` with its first argument
   * @param writesIn folders that it writes files to: what is unfinished there is removed when it has ended
   * @throws InterruptedError when it is aborted already; InputError where there is no place for temporary files
   */
  constructor(program: string, signal: AbortSignal | undefined, writesIn: readonly string[]) {
    this.#signal = signal;
    stopIfAborted(signal);
    // First of all, so that nothing is begun that nobody could end.
    signal?.addEventListener('abort', this.#abort);
    const temporary = makeTemporaryPath();
    try {
      this.#child = fork(program, [temporary], {
        execArgv: nodeOptions(),
        stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
        serialization: 'advanced',
        // A group of its own: whatever it starts is ended with it, and a terminal's signals don't reach it half-way.
        detached: true,
        env: { ...process.env, TMPDIR: temporary },
      });
    } catch (error) {
      remove(temporary);
      signal?.removeEventListener('abort', this.#abort);
      throw error;
    }
    const { stdout, stderr } = this.#child;
    void forwardNotes(stdout, process.stderr);
    void forwardNotes(stderr, process.stderr);
    this.#child.on('message', (message: FromWorking) => {
      this.#said.push(message);
      this.#wake();
    });
    this.#closed = new Promise((resolve) => {
      const ended = (how: string): void => {
        // What it started may live on.
        signalGroup(this.#child, 'SIGKILL');
        signal?.removeEventListener('abort', this.#abort);
        remove(temporary);
        removeUnfinished(writesIn, (writer) => writer === this.#child.pid);
        this.#end ??= how;
        this.#wake();
        resolve();
      };
      this.#child.once('error', ({ message }) => {
        if (this.#child.pid === undefined) ended(`could not be started (${message})`);
      });
      this.#child.once('exit', (code, by) =>
        ended(by === null ? `ended with exit code ${code}` : `was ended by ${by}${reasonOf(by)}`),
      );
    });
    this.#idle();
  }

  /**
   * Asks for the next part of the work.
   * @param onNote told what the process notes meanwhile
   * @returns null where there is none any more
   * @throws what the work throws there; InterruptedError when it is aborted; RunFailedError when the process dies
   */
  async ask(message: ToWorking, onNote: (text: string) => void): Promise<{ readonly part: unknown } | null> {
    this.#busy();
    try {
      if (this.#child.connected) this.#child.send(message, () => {});
      for (;;) {
        const answer = await this.#next();
        switch (answer.kind) {
          case 'note':
            onNote(answer.text);
            break;
          case 'part':
            return answer;
          case 'done':
            return null;
          case 'failed':
            throw thrownAgain(answer.thrown);
        }
      }
    } finally {
      this.#idle();
    }
  }

  /** Ends it, with all that it started. @returns resolves when it has ended, and nothing of it is left */
  async end(): Promise<void> {
    if (this.#end === null) {
      this.#busy();
      // A GPU's library may crash in its clean-up: there is none.
      signalGroup(this.#child, 'SIGKILL');
    }
    await this.#closed;
  }

  async #next(): Promise<FromWorking> {
    for (;;) {
      stopIfAborted(this.#signal);
      const answer = this.#said.shift();
      if (answer !== undefined) return answer;
      if (this.#end !== null) throw new RunFailedError(`the process that works on it ${this.#end}`);
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** While nobody waits for it, it does not keep the caller's process from ending, like a timer that is unref'd. */
  #idle(): void {
    this.#child.unref();
    this.#child.channel?.unref();
    for (const stream of this.#streams()) stream.unref();
  }

  #busy(): void {
    this.#child.ref();
    this.#child.channel?.ref();
    for (const stream of this.#streams()) stream.ref();
  }

  #streams(): readonly Socket[] {
    return [this.#child.stdout, this.#child.stderr].filter((stream) => stream instanceof Socket);
  }
}
