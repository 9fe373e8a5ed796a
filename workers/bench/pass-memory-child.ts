/** Measures the memory of one pass in a process of its own, see pass-memory.ts. */
import { writeFile } from 'node:fs/promises';
import { runOnHost } from '../engines/engine.js';
import { onnxRuntimeCpu } from '../engines/onnxruntime.js';
import { peakMemory } from '../peak-memory.js';
import { feedsOf } from './pass.js';
import { memoryTask } from './pass-memory-messages.js';

/** The first run allocates what later ones use again; a third would show a leak. */
const runs = 3;

const { pass, threads } = memoryTask.parse(JSON.parse(process.argv[2] ?? ''));
const session = await onnxRuntimeCpu.open(pass.file, { threads });
globalThis.gc?.();
const opened = process.memoryUsage.rss();
await forgetPeak();
const feeds = feedsOf(pass);
for (let run = 0; run < runs; run++) await runOnHost(onnxRuntimeCpu, session, feeds);
const peak = peakMemory();
process.stdout.write(JSON.stringify({ opened, peak }));

/** Lets Linux forget the largest resident size so far, which opening the graph may have set. Other systems can't. */
async function forgetPeak(): Promise<void> {
  await writeFile('/proc/self/clear_refs', '5').catch(() => {});
}
