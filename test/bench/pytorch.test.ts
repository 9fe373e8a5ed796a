import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import test, { type ExecutionContext } from 'ava';
import { pythonWithTorch } from '../../scripts/bench/pytorch.js';
import { temporaryFolder } from '../temporary-folder.js';

const script = fileURLToPath(new URL('../../../scripts/bench/pytorch_peers.py', import.meta.url));
const python = pythonWithTorch();

/** Lines that the peers print, or null, the test being passed, where there is no PyTorch to run them. */
function linesOf(t: ExecutionContext, ...options: readonly string[]): Record<string, unknown>[] | null {
  const run = python === null ? null : spawnSync(python, [script, ...options], { encoding: 'utf8' });
  if (run === null || run.stderr.includes("PyTorch can't be loaded")) {
    t.pass('no PyTorch here');
    return null;
  }
  t.is(run.status, 0, run.stderr);
  return run.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}

test('hooks and vmap give the norms of autograd image by image, in both forms and with groups', (t) => {
  const lines = linesOf(t, '--check');
  if (lines === null) return;
  const forms = lines.find(({ check }) => check === 'forms');
  for (const form of ['direct', 'gram', 'grouped']) t.true(Number(forms?.[form]) > 0, form);
  const compared = lines.filter(({ against }) => against === 'image-by-image');
  t.deepEqual(
    compared.map(({ check }) => check),
    ['hooks-scoring', 'vmap', 'vmap-detached', 'hooks'],
  );
  // Float64 against float64.
  for (const { difference } of compared) t.true(Number(difference) < 1e-10);
});

test('what the time does not hold is left out by name, each mode before any is repeated with a larger batch', (t) => {
  const lines = linesOf(
    t,
    ...['--seconds', '0', '--networks', 'resnet18', '--batches', '2,4'],
    ...['--modes', 'floor,plain,hooks,image-by-image'],
  );
  if (lines === null) return;
  t.deepEqual(
    lines.map(({ mode, what, batch }) => [mode, what ?? batch]),
    [
      ['floor', 'matmul'],
      ['floor', 'copy'],
      ['plain', 2],
      ['hooks-scoring', 2],
      ['hooks', 2],
      ['image-by-image', 1],
      ['plain', 4],
      ['hooks-scoring', 4],
      ['hooks', 4],
    ],
  );
  t.true(lines.every(({ left_out: reason }) => reason === 'time'));
});

test('a mode that PyTorch does not have is told, and what comes after it is measured', async (t) => {
  // In place of PyTorch's own, where it has torch.func too.
  const without = 'raise ImportError("no such thing here")\n';
  const shims = await temporaryFolder(t, {
    'functorch.py': without,
    'sitecustomize.py': 'import sys\nsys.modules["torch.func"] = None\n',
  });
  const options = ['--networks', 'resnet18', '--batches', '1', '--modes', 'vmap,plain', '--seconds', '20'];
  const env = { ...process.env, PYTHONPATH: shims };
  const run = python === null ? null : spawnSync(python, [script, ...options], { encoding: 'utf8', env });
  if (run === null || run.stderr.includes("PyTorch can't be loaded")) {
    t.pass('no PyTorch here');
    return;
  }
  t.is(run.status, 1, run.stderr);
  t.regex(run.stderr, /^pytorch_peers: this PyTorch has no vmap; [^\n]*\n$/m);
  const [first = '', second = ''] = run.stdout.trim().split('\n');
  t.like(JSON.parse(first), { mode: 'vmap', missing: 'ImportError: no such thing here' });
  t.true(JSON.parse(second).images_per_second > 0);
});
