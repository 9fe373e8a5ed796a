import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { grodin } from '../cli/built.js';
import { runExperiment } from './command.js';
import { runExperiment as runHere } from './here.js';
import { smallExperiment } from './small-experiment.js';

// No machine has a GPU of this number, whatever is installed.
const absent = 'cuda:99';

test('a device that is not there is refused in one line, and binds the run to nothing', async (t) => {
  const folder = await smallExperiment(t, { images: 6, outliers: ['noisy'] });
  const { code, out, err } = await runExperiment(folder, 'out', '--device', absent, '--precision', 'tf32');
  t.is(code, 2);
  t.is(out, '');
  t.regex(err, /^grodin: --device cuda:99: [^\n]*install[^\n]*\n$/);
  t.false(existsSync(join(folder, 'out', 'revisions')));
  const again = await runHere(folder, 'out');
  t.is(again.code, 0, again.err);
});

test('score and a dry run refuse it in one line too, whatever native libraries print', async (t) => {
  const folder = await smallExperiment(t, { images: 6, outliers: ['noisy'] });
  for (const args of [
    ['score', 'net.onnx', 'clean/0.png', '--preprocess', 'imagenet', '--device', absent],
    ['run', 'experiment.json', '--out', 'out', '--dry-run', '--device', absent],
  ]) {
    const { code, out, err } = await grodin(args, folder);
    t.is(code, 2, args[0]);
    t.is(out, '', args[0]);
    t.regex(err, /^grodin: --device cuda:99: [^\n]*install[^\n]*\n$/, args[0]);
  }
});

test('a device that the experiment names is refused in its name', async (t) => {
  const folder = await smallExperiment(t, { images: 6, outliers: ['noisy'], device: 'gpu' });
  const { code, err } = await runHere(folder, 'out');
  t.is(code, 2);
  t.regex(err, /^grodin: "device" of the experiment: "gpu" is not a kind of device; [^\n]*\n$/);
});

test('more workers than cores are allowed, and told to gain nothing', async (t) => {
  const folder = await smallExperiment(t, { images: 6, outliers: ['noisy'] });
  const workers = availableParallelism() + 1;
  const { code, err } = await runExperiment(folder, 'out', '--workers', String(workers));
  t.is(code, 0, err);
  t.true(
    err.includes(`${workers} workers share ${workers - 1} cores: more than one per core is no faster\n`),
  );
});
