/**
 * Loaded into every process and thread of a run (`node --import`): kills at the n-th named step that any of them takes.
 * GRODIN_DRILL_LOG is a file that counts the steps, GRODIN_DRILL_AT the step to die at, and GRODIN_DRILL_VICTIMS `self`
 * or `all`, which takes the parent process too; `leader` tells the process that was started first to stop, by SIGTERM, and
 * holds the step for a while.
 */
import { closeSync, fstatSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { listenToSteps } from '../../manifests/output/step.js';

const { GRODIN_DRILL_LOG: log, GRODIN_DRILL_AT: at, GRODIN_DRILL_VICTIMS: victims } = process.env;

/** Long enough for a process to end that waits for nothing. */
const HOLD_MILLISECONDS = 300;

process.env.GRODIN_DRILL_LEADER ??= `${process.pid}`;
const leader = Number(process.env.GRODIN_DRILL_LEADER);

if (log !== undefined)
  listenToSteps((name) => {
    const descriptor = openSync(log, 'a');
    writeSync(descriptor, '.');
    const { size } = fstatSync(descriptor);
    closeSync(descriptor);
    if (size !== Number(at)) return;
    writeFileSync(`${log}.step`, name);
    if (victims === 'leader') {
      process.kill(leader, 'SIGTERM');
      return pause(HOLD_MILLISECONDS);
    }
    if (victims === 'all' && process.connected) process.kill(process.ppid, 'SIGKILL');
    process.kill(process.pid, 'SIGKILL');
    return undefined;
  });
