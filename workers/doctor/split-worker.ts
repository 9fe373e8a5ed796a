/** One of several workers that score at the same time, see splits.ts. */
import { parentPort, workerData } from 'node:worker_threads';
import { onnxRuntimeCpu } from '../engines/onnxruntime.js';
import type { SplitTask } from './splits.js';
import { timeWholeScore } from './whole-score.js';

const { passes, threads, seconds } = workerData as SplitTask;
const { whole } = await timeWholeScore(onnxRuntimeCpu, passes, { threads, seconds });
parentPort?.postMessage((whole.length * passes.batch) / whole.reduce((sum, time) => sum + time, 0));
