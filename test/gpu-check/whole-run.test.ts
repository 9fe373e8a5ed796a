import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import type { Finished } from '../cli/built.js';
import { smallExperiment } from '../run/small-experiment.js';

const program = fileURLToPath(new URL('../../scripts/gpu-check/whole-run.js', import.meta.url));

function wholeRun(cwd: string, ...args: readonly string[]): Promise<Finished> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [program, ...args], { cwd }, (_, out, err) =>
      resolve({ code: child.exitCode, out, err }),
    );
  });
}

test('a whole run stops when its time is up with a record so far, and goes on to its end', async (t) => {
  const folder = await smallExperiment(t, { images: 8 });
  const args = ['--device', 'cpu', '--experiment', 'experiment.json', '--folder', 'runs', '--out', 'out'];
  const stopped = await wholeRun(folder, ...args, '--seconds', '0.01');
  t.is(stopped.code, 75, stopped.err);
  const record = () => readFile(join(folder, 'out', 'whole-run.md'), 'utf8');
  t.regex(await record(), /\| run on cpu \(device\) +\| .*time was up.*give the same command again/s);
  const { code, err } = await wholeRun(folder, ...args);
  t.is(code, 0, err);
  const text = await record();
  t.regex(text, /\| device against cpu +\| .*\| equal within the tolerances/);
  t.regex(text, /\| device-at-cpu-choices against cpu +\| .*\| equal within the tolerances/);
  t.regex(
    text,
    /\| the same test shards by two processes +\| .*\| all \d+ shard files \(\d+ score rows\) have equal bytes/,
  );
  const files = await readdir(join(folder, 'out'));
  for (const name of [
    'device-against-cpu.md',
    'device-at-cpu-choices-against-cpu.md',
    'cpu',
    'device',
    'cpu.log',
  ])
    t.true(files.includes(name), name);
  t.true((await readdir(join(folder, 'out', 'device', 'tables'))).includes('table-5.md'));
});

test('a step that fails is on record, and told in one line', async (t) => {
  const folder = await smallExperiment(t, { images: 8 });
  const { code, err } = await wholeRun(
    folder,
    ...['--device', 'nonsense', '--experiment', 'experiment.json', '--folder', 'runs', '--out', 'out'],
  );
  t.is(code, 1, err);
  t.regex(err, /whole-run: ended with exit code 2: grodin: .*nonsense.*see .*device\.log\)\n$/);
  t.regex(
    await readFile(join(folder, 'out', 'whole-run.md'), 'utf8'),
    /\| run on nonsense .*\| failed +\|.*- ended with exit code 2/s,
  );
});
