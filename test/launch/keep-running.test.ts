import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { keepRunning, type Watch } from '../../scripts/launch/keep-running.js';
import { temporaryFolder } from '../temporary-folder.js';

/** A program that counts its starts in a file, and what watches it. */
async function watched(t: ExecutionContext, text: string, change: Partial<Watch> = {}) {
  const counting = `
    import { appendFileSync, readFileSync } from 'node:fs';
    appendFileSync(new URL('starts', import.meta.url), '.');
    const starts = readFileSync(new URL('starts', import.meta.url)).length;
  `;
  const folder = await temporaryFolder(t, { 'program.mjs': counting + text });
  const lines: string[] = [];
  const watch: Watch = {
    stop: new AbortController().signal,
    kill: new AbortController().signal,
    say: (line) => lines.push(line),
    progress: async () => 0,
    enoughProgress: 2,
    ...change,
  };
  const command = [process.execPath, join(folder, 'program.mjs')];
  return { end: await keepRunning({ name: 'it', command, environment: { WORD: 'hello' } }, watch), lines };
}

test('a program that dies is started again, and what it prints is marked', async (t) => {
  const { end, lines } = await watched(
    t,
    `if (starts < 3) process.kill(process.pid, 'SIGKILL');
     console.log(process.env.WORD);
     console.error('and more');`,
  );
  t.is(end, 'done');
  t.deepEqual(lines.slice(0, 2), Array(2).fill('it | ended with signal SIGKILL; starting it again'));
  t.deepEqual(lines.slice(2).sort(), ['it | and more', 'it | hello']);
});

test('a program that dies three times without progress is given up', async (t) => {
  const { end, lines } = await watched(t, 'process.exit(7)');
  t.is(end, 'failed');
  t.is(lines.length, 3);
  t.is(lines[2], 'it | ended with exit code 7, 3 times without progress; given up');
});

test('deaths with progress in between do not add up', async (t) => {
  let looks = 0;
  const { end } = await watched(t, 'process.exit(starts < 6 ? 1 : 0)', {
    progress: async () => {
      looks += 1;
      return looks;
    },
    enoughProgress: 1,
  });
  t.is(end, 'done');
});

test('bad input and interruption are no deaths', async (t) => {
  t.is((await watched(t, 'process.exit(2)')).end, 'refused');
  t.is((await watched(t, 'process.exit(75)')).end, 'interrupted');
});

test('a program that can’t be started is given up with what is the matter', async (t) => {
  const lines: string[] = [];
  const watch: Watch = {
    stop: new AbortController().signal,
    kill: new AbortController().signal,
    say: (line) => lines.push(line),
    progress: async () => 0,
    enoughProgress: 1,
  };
  t.is(await keepRunning({ name: 'it', command: ['/no/such/program'], environment: {} }, watch), 'failed');
  t.regex(lines[0]!, /ENOENT/);
});
