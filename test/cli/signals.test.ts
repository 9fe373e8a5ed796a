import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import test from 'ava';
import { isAlive } from '../../manifests/output/living-process.js';
import { withStopSignals } from '../../pipeline/cli/stop-signals.js';
import type { StopSignal, Stops } from '../../pipeline/cli/stops.js';
import { runWhole, signals, strike } from '../../scripts/drills/strike.js';
import { subjects } from '../../scripts/drills/subjects.js';
import { fillWorkspace } from '../../scripts/drills/workspace.js';
import { InterruptedError } from '../../stages/errors.js';
import { childrenOf } from '../run/command.js';
import { main } from './built.js';

let workspace: string;

test.before(async () => {
  workspace = await mkdtemp(join(tmpdir(), 'grodin-drill-'));
  await fillWorkspace(workspace, { images: 12, large: false });
});

test.after.always(() => rm(workspace, { recursive: true, force: true }));

// Moments while modules are loaded, and while there is something to do; the drill itself takes many more.
for (const [at, subject] of subjects.entries()) {
  test.serial(`a signal ends ${subject.name} with exit code 75 and leaves nothing behind`, async (t) => {
    for (const args of subject.before) await runWhole(args, workspace);
    for (const [moment, delay] of [150, 900].entries()) {
      const signal = signals[(at + moment) % signals.length] ?? 'SIGTERM';
      const { end, faults } = await strike({ subject, signal, delay }, workspace, Number.POSITIVE_INFINITY);
      t.deepEqual(faults, [], `${signal} after ${delay} ms: ${end}`);
    }
  });
}

test.serial('a command whose guard is killed ends too, and leaves nothing temporary', async (t) => {
  const temporary = join(workspace, 'orphans');
  await mkdir(temporary);
  const child = spawn(process.execPath, [main, 'bench', 'net.onnx', '--rounds', '100000'], {
    cwd: workspace,
    stdio: 'ignore',
    env: { ...process.env, TMPDIR: temporary },
  });
  while ((await readdir(temporary, { recursive: true })).length < 2) await pause(20);
  const [command] = await childrenOf(child.pid!);
  child.kill('SIGKILL');
  while (await isAlive(command!)) await pause(20);
  t.deepEqual(await readdir(temporary), []);
});

/** Signals that a test sends itself. */
function byHand(): { readonly stops: Stops; readonly send: (signal: StopSignal) => void } {
  let current: (signal: StopSignal) => void = () => {};
  return {
    stops: {
      handle(onStop) {
        current = onStop;
        return () => {
          current = () => {};
        };
      },
      end: () => {
        throw new Error('nothing is to be ended');
      },
    },
    send: (signal) => current(signal),
  };
}

test('the first signal stops a task, the second kills what it started, but a second SIGHUP does not', async (t) => {
  for (const [second, killed] of [
    ['SIGINT', true],
    ['SIGTERM', true],
    ['SIGHUP', false],
  ] as const) {
    const { stops, send } = byHand();
    const seen = await withStopSignals(stops, async ({ stop, kill }) => {
      stop.addEventListener('abort', () => {});
      send('SIGHUP');
      const afterFirst = [stop.aborted, kill.aborted];
      send(second);
      return [...afterFirst, kill.aborted];
    });
    t.deepEqual(seen, [true, false, killed]);
  }
});

test('SIGUSR2 drains what can be drained, once, and what comes later stops it', async (t) => {
  const { stops, send } = byHand();
  const seen = await withStopSignals(stops, async ({ drain, stop, kill }) => {
    for (const signal of [drain, stop]) signal.addEventListener('abort', () => {});
    const moments: string[] = [];
    for (const signal of ['SIGUSR2', 'SIGUSR2', 'SIGTERM', 'SIGUSR2', 'SIGTERM'] as const) {
      send(signal);
      moments.push([drain, stop, kill].map(({ aborted }) => (aborted ? 'x' : '.')).join(''));
    }
    return moments;
  });
  t.deepEqual(seen, ['x..', 'x..', 'xx.', 'xx.', 'xxx']);
});

test('SIGUSR2 stops what can not be drained', async (t) => {
  const { stops, send } = byHand();
  const seen = await withStopSignals(stops, async ({ drain, stop }) => {
    stop.addEventListener('abort', () => {});
    send('SIGUSR2');
    return [drain.aborted, stop.aborted];
  });
  t.deepEqual(seen, [false, true]);
});

test('a task that does not heed its signal is killed, and then given up', async (t) => {
  const { stops, send } = byHand();
  let wasKilled = false;
  const never = withStopSignals(
    stops,
    async ({ stop, kill }) => {
      stop.addEventListener('abort', () => {});
      send('SIGTERM');
      await new Promise<void>((resolve) => kill.addEventListener('abort', () => resolve()));
      wasKilled = true;
      await pause(60_000, undefined, { ref: false });
    },
    { stopMilliseconds: 10, killMilliseconds: 10 },
  );
  await t.throwsAsync(never, { instanceOf: InterruptedError });
  t.true(wasKilled);
});

test('a task that has started nothing that must be stopped is not waited for', async (t) => {
  const { stops, send } = byHand();
  const endless = withStopSignals(stops, async () => {
    send('SIGINT');
    await pause(60_000, undefined, { ref: false });
  });
  await t.throwsAsync(endless, { instanceOf: InterruptedError });
});
