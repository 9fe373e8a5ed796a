/** Measures the memory of one pass in a process of its own, see memory.ts. */
import { readFile, writeFile } from 'node:fs/promises';
import { onnxRuntimeCpu } from '../engines/onnxruntime.js';
import { memoryTask } from './memory.js';
import { feedsOf } from './pass.js';

/** The first run allocates what later ones use again; a third would show a leak. */
const runs = 3;

const { pass, threads } = memoryTask.parse(JSON.parse(process.argv[2] ?? ''));
const session = await onnxRuntimeCpu.open(pass.file, { threads });
globalThis.gc?.();
const opened = process.memoryUsage.rss();
const resettable = await forgetPeak();
const feeds = feedsOf(pass);
for (let run = 0; run < runs; run++) await session.run(feeds);
const peak = resettable ? await peakSinceForgotten() : process.resourceUsage().maxRSS * 1024;
process.stdout.write(JSON.stringify({ opened, peak }));

/** Lets Linux forget the largest resident size so far, which opening the graph may have set. Other systems can't. */
async function forgetPeak(): Promise<boolean> {
  try {
    await writeFile('/proc/self/clear_refs', '5');
    return true;
  } catch {
    return false;
  }
}

async function peakSinceForgotten(): Promise<number> {
  const status = await readFile('/proc/self/status', 'utf8');
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
}
