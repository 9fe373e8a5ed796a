/**
 * Sends signals to every command at many moments and looks at what is left:
 *
 *     node dist/scripts/drills/signals.js --moments 40 --large
 *
 * Each command is first run whole, to know how long it takes; then it is struck at moments stepped over that time.
 * Prints one line a command and one a fault; exit code 1 where anything is left, late or ends otherwise than with 75.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { runWhole, type StrikeOutcome, signals, strike } from './strike.js';
import { type DrillSubject, largeSubjects, subjects } from './subjects.js';
import { fillWorkspace } from './workspace.js';

const { values } = parseArgs({
  options: {
    moments: { type: 'string', default: '12' },
    only: { type: 'string' },
    large: { type: 'boolean', default: false },
    longest: { type: 'string', default: '15000' },
  },
});
const moments = Number(values.moments);
/** What takes longer is struck in its first part only. */
const longest = Number(values.longest);

const workspace = await mkdtemp(join(tmpdir(), 'grodin-drill-'));
try {
  await fillWorkspace(workspace, { images: 40, large: values.large });
  const all = values.large ? [...subjects, ...largeSubjects] : subjects;
  const faults: string[] = [];
  for (const subject of all) {
    if (values.only !== undefined && !subject.name.includes(values.only)) continue;
    faults.push(...(await drill(subject)));
  }
  for (const fault of faults) console.log(fault);
  console.log(`${faults.length} faults`);
  process.exitCode = faults.length === 0 ? 0 : 1;
} finally {
  await rm(workspace, { recursive: true, force: true });
}

async function drill(subject: DrillSubject): Promise<readonly string[]> {
  for (const args of subject.before) await runWhole(args, workspace);
  const whole =
    subject.name === 'start' ? longest : Math.min(longest, await runWhole(subject.args, workspace));
  const outcomes: StrikeOutcome[] = [];
  for (let moment = 0; moment < moments; moment += 1) {
    const signal = signals[moment % signals.length] ?? 'SIGTERM';
    outcomes.push(await strike({ subject, signal, delay: (whole * moment) / moments }, workspace));
  }
  const count = (end: StrikeOutcome['end']): number => outcomes.filter((one) => one.end === end).length;
  const slowest = Math.max(...outcomes.map(({ took }) => took));
  console.log(
    `${subject.name}: ${moments} signals over ${(whole / 1000).toFixed(1)} s: ${count('interrupted')} interrupted, ` +
      `${count('finished')} finished, ${count('early')} before Node.js ran, slowest end ${Math.round(slowest)} ms`,
  );
  return outcomes.flatMap(({ strike: { signal, delay }, faults }) =>
    faults.map((fault) => `${subject.name}, ${signal} after ${Math.round(delay)} ms: ${fault}`),
  );
}
