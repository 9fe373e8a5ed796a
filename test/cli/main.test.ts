import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import test from 'ava';
import { temporaryFolder } from '../temporary-folder.js';
import { grodin, main } from './built.js';

test('the version is the one of package.json', async (t) => {
  const text = await readFile(new URL('../../../package.json', import.meta.url), 'utf8');
  t.deepEqual(await grodin(['--version'], '.'), { code: 0, out: `${JSON.parse(text).version}\n`, err: '' });
});

test('bad usage exits with 2 from a shell too', async (t) => {
  const { code, out, err } = await grodin(['manifst'], '.');
  t.is(code, 2);
  t.is(out, '');
  t.is(err, "grodin: unknown command 'manifst' (Did you mean manifest?); see grodin --help\n");
});

test('a reader that closes the pipe is no error', async (t) => {
  const child = spawn(process.execPath, [main, '--help'], { stdio: ['ignore', 'pipe', 'pipe'] });
  // Closed before the program has loaded, so that its first write already finds no reader.
  child.stdout.destroy();
  let err = '';
  child.stderr.on('data', (chunk) => {
    err += chunk;
  });
  const [code] = await once(child, 'close');
  t.is(err, '');
  t.is(code, 0);
});

test('a run directory that is a file is bad input, not a defect', async (t) => {
  const folder = await temporaryFolder(t, {
    taken: '',
    'model.onnx': '',
    'set.csv': 'path\na.png\nb.png\n',
    'experiment.json': JSON.stringify({
      models: [{ name: 'm', file: 'model.onnx', preprocess: 'cifar10' }],
      inDomain: { name: 'in', manifest: 'set.csv', validation: 1 },
      outliers: [{ name: 'out', manifest: 'set.csv', validation: 1 }],
    }),
  });
  const { code, err } = await grodin(['run', 'experiment.json', '--out', 'taken'], folder);
  t.is(code, 2);
  t.regex(err, /^grodin: [^\n]+\n$/);
  t.notRegex(err, /defect/);
});
