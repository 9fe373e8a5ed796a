/** One of several workers that score at the same time, see together.ts. */
import { parentPort, workerData } from 'node:worker_threads';
import { deviceKind } from '../devices/index.js';
import type { WorkerRates, WorkerTask } from './together-messages.js';
import { timeWholeScore } from './whole-score.js';

const { device, precision, passes, threads, seconds, workers, ready } = workerData as WorkerTask;
const engine = await deviceKind(device.name).load(device, precision);
const { whole } = await timeWholeScore(engine, passes, { threads, seconds, onWarm: waitForOthers });
const rates: WorkerRates = { seconds: whole, batch: passes.batch };
parentPort?.postMessage(rates);

/** Waits for all workers: the first to be ready would otherwise be timed while they have the machine to themselves. */
function waitForOthers(): void {
  const counter = new Int32Array(ready);
  Atomics.add(counter, 0, 1);
  Atomics.notify(counter, 0);
  for (let seen = Atomics.load(counter, 0); seen < workers; seen = Atomics.load(counter, 0))
    Atomics.wait(counter, 0, seen);
}
