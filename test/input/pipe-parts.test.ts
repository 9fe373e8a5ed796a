import { execFileSync, spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import test from 'ava';
import { pipeParts } from '../../manifests/input/pipe-parts.js';
import { readText } from '../../manifests/input/text-file.js';
import { start } from '../run/command.js';
import { temporaryFolder } from '../temporary-folder.js';

const onLinux = process.platform === 'linux' ? test : test.skip;

onLinux('a named pipe is read to its end, however late and slowly it is written to', async (t) => {
  const pipe = join(await temporaryFolder(t), 'pipe');
  execFileSync('mkfifo', [pipe]);
  const reading = readText(pipe, 'experiment');
  await pause(200);
  spawn('sh', ['-c', `(printf one; sleep 0.3; printf two) > '${pipe}'`]);
  t.is(await reading, 'onetwo');
  const large = 'x'.repeat(300_000);
  const again = readText(pipe, 'experiment');
  await writeFile(pipe, large);
  t.is(await again, large);
});

onLinux('a pipe that nobody writes to counts as empty in the end', async (t) => {
  const pipe = join(await temporaryFolder(t), 'pipe');
  execFileSync('mkfifo', [pipe]);
  for await (const part of pipeParts(pipe, 100)) t.fail(`${part}`);
  t.pass();
});

onLinux('a signal ends a run that waits for its experiment from a pipe', async (t) => {
  const folder = await temporaryFolder(t);
  execFileSync('mkfifo', [join(folder, 'pipe.json')]);
  const running = start(['run', 'pipe.json', '--out', 'run'], folder);
  await pause(2_500);
  running.child.kill('SIGINT');
  t.is((await running.finished).code, 75);
});
