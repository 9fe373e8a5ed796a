import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { exitCodes } from '../../pipeline/cli/exit-codes.js';
import type { StopSignals } from '../../pipeline/cli/stop-signals.js';

/** Deaths in a row without progress, after which a process is not started again. */
const DEATHS = 3;

/** How long the lines of a program that has ended are waited for. */
const LAST_WORDS_MILLISECONDS = 2_000;

/** A program to keep running. */
export interface Program {
  /** What its lines are marked with. */
  readonly name: string;
  /** The program and its arguments. */
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

/** What ends programs before they are done. */
type Ending = Pick<StopSignals, 'stop' | 'kill'>;

/** How programs are watched over. */
export interface Watch extends Ending {
  /** Takes one line of a program, or about it. */
  readonly say: (line: string) => void;
  /** How far what all programs work on has come; a counter. */
  readonly progress: () => Promise<number>;
  /** How much it must grow during the life of a program for its death to be no failure of its own. */
  readonly enoughProgress: number;
}

/** What became of a program: `refused` when what the user gave is at fault. */
export type ProgramEnd = 'done' | 'refused' | 'interrupted' | 'failed';

interface Ended {
  readonly code: number | null;
  readonly how: string;
}

/** Runs a program until it is done, starting it again when it dies, but not for ever. */
export async function keepRunning(program: Program, watch: Watch): Promise<ProgramEnd> {
  const say = (text: string): void => watch.say(`${program.name} | ${text}`);
  let deaths = 0;
  while (!watch.stop.aborted) {
    const before = await watch.progress();
    const { code, how } = await runOnce(program, watch, say);
    if (code === 0) return 'done';
    if (code === exitCodes.input) return 'refused';
    if (code === exitCodes.interrupted || watch.stop.aborted) return 'interrupted';
    if ((await watch.progress()) - before >= watch.enoughProgress) deaths = 0;
    deaths += 1;
    if (deaths === DEATHS) {
      say(`ended with ${how}, ${DEATHS} times without progress; given up`);
      return 'failed';
    }
    say(`ended with ${how}; starting it again`);
  }
  return 'interrupted';
}

async function runOnce(
  { command: [file = '', ...args], environment }: Program,
  { stop, kill }: Ending,
  say: (text: string) => void,
): Promise<Ended> {
  const child = spawn(file, args, {
    // A channel that nothing is sent by: its end tells the program that nobody watches over it any more.
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: { ...process.env, ...environment },
    // A terminal would send its signals to the program too, which would take them for a second request to stop.
    detached: true,
  });
  const said = Promise.all(
    [child.stdout, child.stderr].map((stream) => (stream === null ? undefined : sayLines(stream, say))),
  );
  const release = passOn(child, { stop, kill });
  try {
    const end = await ended(child);
    // What it left behind may hold the pipes for a while.
    await Promise.race([said, pause(LAST_WORDS_MILLISECONDS, undefined, { ref: false })]);
    return end;
  } finally {
    release();
  }
}

function ended(child: ChildProcess): Promise<Ended> {
  return new Promise((resolve) => {
    child.on('error', (error) => resolve({ code: null, how: error.message }));
    child.on('exit', (code, signal) => {
      resolve({ code, how: signal === null ? `exit code ${code}` : `signal ${signal}` });
    });
  });
}

/** Resolves when the stream has ended. */
async function sayLines(stream: Readable, say: (text: string) => void): Promise<void> {
  for await (const line of createInterface({ input: stream })) say(line);
}

/** Passes the first and the second request to stop on. @returns undoes it */
function passOn(child: ChildProcess, { stop, kill }: Ending): () => void {
  const terminate = (): void => {
    child.kill('SIGTERM');
  };
  for (const signal of [stop, kill]) signal.addEventListener('abort', terminate);
  if (stop.aborted) terminate();
  return () => {
    for (const signal of [stop, kill]) signal.removeEventListener('abort', terminate);
  };
}
