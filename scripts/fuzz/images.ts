#!/usr/bin/env node
/**
 * Feeds mutated, truncated and spliced image files to the decoder:
 *
 *     node dist/scripts/fuzz/images.js [--seed N] [--from N] [--cases N]
 *
 * Every case must end as pixels or as an image error, within ten seconds and a worker's least share of memory; some are
 * done twice and must end alike. Cases are done in a child process, so that one which ends it is told, too.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { randomFor } from '../../manifests/micro-benchmark/random.js';
import { configureDecoder } from '../../workers/images/configure-decoder.js';
import { peakMemory } from '../../workers/peak-memory.js';
import { checkImage, FUZZED_BYTES } from './check-image.js';
import { imageCorpus } from './corpus.js';
import { mutatedImage } from './mutate.js';

interface CaseRange {
  readonly seed: number;
  readonly from: number;
  readonly cases: number;
}

/** From the child: where it is, and what it found. */
type FromChild =
  | { readonly kind: 'at'; readonly index: number }
  | { readonly kind: 'complaint'; readonly index: number; readonly text: string }
  | {
      readonly kind: 'done';
      readonly outcomes: Readonly<Record<string, number>>;
      readonly takenBytes: number;
    };

const SECONDS_A_CASE = 10;

/** Every so many cases one is done twice. */
const REPEATED = 10;

async function child({ seed, from, cases }: CaseRange): Promise<void> {
  configureDecoder(1);
  const corpus = await imageCorpus();
  for (const file of corpus) await checkImage(file);
  const before = peakMemory();
  const outcomes: Record<string, number> = {};
  for (let index = from; index < from + cases; index += 1) {
    tell({ kind: 'at', index });
    const bytes = mutatedImage(corpus, randomFor('image file', seed, index));
    const truncated = index % 3 === 0 ? 'load' : 'error';
    const { what, complaint } = await checkImage(bytes, truncated);
    if (complaint !== null) tell({ kind: 'complaint', index, text: `${complaint} (${what})` });
    const kind = what.replaceAll(/\d+/g, 'N');
    outcomes[kind] = (outcomes[kind] ?? 0) + 1;
    if (index % REPEATED !== 0) continue;
    const again = await checkImage(bytes, truncated);
    if (again.what !== what) tell({ kind: 'complaint', index, text: `${what}, but then ${again.what}` });
  }
  tell({ kind: 'done', outcomes, takenBytes: peakMemory() - before });
}

function tell(message: FromChild): void {
  process.send?.(message);
}

/** Runs the cases of a range; continues after a case that ends the child. @returns how many cases were wrong */
async function parent(slice: CaseRange): Promise<number> {
  let wrong = 0;
  const end = slice.from + slice.cases;
  for (let from = slice.from; from < end; ) {
    const { next, complaints } = await runChild({ ...slice, from, cases: end - from });
    wrong += complaints;
    from = next;
  }
  return wrong;
}

function runChild(slice: CaseRange): Promise<{ readonly next: number; readonly complaints: number }> {
  const process_ = fork(fileURLToPath(import.meta.url), [], {
    env: { ...process.env, GRODIN_FUZZ: JSON.stringify(slice), MALLOC_MMAP_THRESHOLD_: String(2 ** 20) },
  });
  let at = slice.from;
  let complaints = 0;
  const watch = watchdog(process_);
  return new Promise((resolve) => {
    process_.on('message', (message: FromChild) => {
      watch.moved();
      if (message.kind === 'at') at = message.index;
      else if (message.kind === 'complaint') {
        complaints += 1;
        console.log(`seed ${slice.seed}, case ${message.index}: ${message.text}`);
      } else {
        watch.end();
        report(message);
        if (message.takenBytes > FUZZED_BYTES) complaints += 1;
        process_.kill();
        resolve({ next: slice.from + slice.cases, complaints });
      }
    });
    process_.on('exit', (code, signal) => {
      watch.end();
      // Told only where it was not done: a promise is settled once.
      if (process_.killed && signal === 'SIGTERM') return;
      console.log(`seed ${slice.seed}, case ${at}: ended the process (${signal ?? `exit code ${code}`})`);
      resolve({ next: at + 1, complaints: complaints + 1 });
    });
  });
}

function report({ outcomes, takenBytes }: FromChild & { readonly kind: 'done' }): void {
  const rows = Object.entries(outcomes).sort(([, a], [, b]) => b - a);
  for (const [what, count] of rows) console.log(`${String(count).padStart(8)}  ${what}`);
  console.log(`peak memory grew by ${Math.round(takenBytes / 1e6)} MB`);
}

function watchdog(watched: ChildProcess) {
  let timer: NodeJS.Timeout | undefined;
  const moved = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => watched.kill('SIGKILL'), SECONDS_A_CASE * 1000);
  };
  return { moved, end: () => clearTimeout(timer) };
}

const asked = process.env.GRODIN_FUZZ;
if (asked !== undefined) await child(JSON.parse(asked));
else {
  const { values } = parseArgs({
    options: {
      seed: { type: 'string', default: '0' },
      from: { type: 'string', default: '0' },
      cases: { type: 'string', default: '1000' },
    },
  });
  const slice = { seed: Number(values.seed), from: Number(values.from), cases: Number(values.cases) };
  const wrong = await parent(slice);
  console.log(`${slice.cases} cases of seed ${slice.seed} from ${slice.from}: ${wrong} wrong`);
  process.exitCode = wrong === 0 ? 0 : 1;
}
