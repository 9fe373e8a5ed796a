import { join } from 'node:path';
import { Writable } from 'node:stream';
import test from 'ava';
import { runGuarded } from '../../pipeline/cli/guard.js';
import { neverStopped } from '../../pipeline/cli/stops.js';
import { temporaryFolder } from '../temporary-folder.js';

/** Runs a program under a guard. @returns exit code and notes */
async function guarded(folder: string, args: readonly string[]) {
  let text = '';
  const notes = new Writable({
    write(chunk, _, done) {
      text += chunk;
      done();
    },
  });
  const code = await runGuarded(args, neverStopped, { entry: join(folder, 'program.mjs'), notes });
  return { code, text };
}

/** Prints past all streams of Node.js, as native code does, and ends as its first argument says. */
const program = `
import { writeSync } from 'node:fs';
process.once('message', ({ args: [how] }) => {
  writeSync(2, '\\x1b[1;31mnode \\x1b]0;title\\x07 \\x9b2J failed\\x1b[m\\n');
  if (how === 'crash') process.kill(process.pid, 'SIGSEGV');
  process.exit(Number(how));
});
`;

test('what native code prints about a file reaches the terminal written out, without its colours', async (t) => {
  const folder = await temporaryFolder(t, { 'program.mjs': program });
  const { code, text } = await guarded(folder, ['3']);
  t.is(code, 3);
  t.is(text, 'node \\x1b]0;title\\x07 \\x9b2J failed\n');
});

test('a command whose process crashes is a failure', async (t) => {
  const folder = await temporaryFolder(t, { 'program.mjs': program });
  t.is((await guarded(folder, ['crash'])).code, 1);
});
