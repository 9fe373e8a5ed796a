import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { decodeModel } from '../../stages/onnx/decode.js';
import { encodeModel } from '../../stages/onnx/encode.js';
import { writeWithExternalData } from '../run/external-data.js';
import { temporaryFolder } from '../temporary-folder.js';
import { grodin } from './built.js';
import { grodinHere } from './here.js';

const golden = (name: string) => fileURLToPath(new URL(`../../../test/golden/${name}.onnx`, import.meta.url));
const quick = ['--batch', '2', '--rounds', '1', '--threads', '1'];

test('bench prints a table with the floor beside each pass, and with --profile where the time goes', async (t) => {
  const { code, out, err } = await grodin(['bench', golden('residual'), ...quick, '--profile'], '.');
  t.is(err, '');
  t.is(code, 0);
  for (const row of [
    'plain inference',
    'perturbation',
    'scoring = each further ε',
    'whole score',
    'training step',
  ])
    t.regex(out, new RegExp(`^\\| ${row} +\\| +[\\d.]+ \\|`, 'm'));
  t.regex(out, /^`grodin bench \S+residual\.onnx --batch 2 --threads 1 --rounds 1 --profile`$/m);
  t.regex(out, /ONNX Runtime \d+\.\d+\.\d+, Node \d+/);
  t.is(out.match(/^### Profile: /gm)?.length, 4);
  t.regex(
    out,
    /^A whole score is [\d.]+ inferences \(the paper: about 4 to 6\) and [\d.]+ training steps \(the paper: about 2\)\. Training step: /m,
  );
  t.regex(out, /^\| Conv +\| +[\d.]+ \| +[\d.]+ % \|$/m);
  t.regex(out, /^\| Conv .*2×3×24×24/m);
});

test('bench --json gives every figure of each model, and whole scores are sums of the passes', async (t) => {
  const { code, out } = await grodinHere(
    ['bench', golden('residual'), golden('perceptron'), ...quick, '--json'],
    '.',
  );
  t.is(code, 0);
  const { environment, models } = JSON.parse(out);
  t.is(typeof environment.processor, 'string');
  t.is(models.length, 2);
  for (const { passes, whole, multiplications, recompiled, batch } of models) {
    t.is(batch, 2);
    t.is(recompiled, null);
    t.true(multiplications > 0);
    const [plain, perturbation, scoring, training] = passes;
    t.deepEqual(
      [plain.floor, perturbation.floor, plain.timesPlain.median, plain.compileSeconds],
      [1, 2, 1, null],
    );
    t.is(whole.ms, perturbation.ms.median + scoring.ms.median);
    t.is(training.kind, 'training');
    t.true(training.floor > 2 && training.floor <= 3);
    // One round: its ratio is that of its medians.
    t.true(Math.abs(whole.timesTraining.median - whole.ms / training.ms.median) < 1e-9);
    t.true(Math.abs(whole.timesPlain.median - whole.ms / plain.ms.median) < 1e-9);
    t.true(Math.abs(whole.floor - perturbation.floor - scoring.floor) < 1e-9);
    for (const { ms, memoryMB, graph, openSeconds, profile } of passes) {
      t.true(ms.low <= ms.median && ms.median <= ms.high && ms.low > 0);
      t.true(memoryMB >= 0 && openSeconds > 0 && graph.nodes > 0);
      t.true(Number.isInteger(graph.reorderInput) && Number.isInteger(graph.reorderOutput));
      t.is(profile, null);
    }
  }
});

test('a file exported for another batch is measured by its forward pass compiled anew, and that is said', async (t) => {
  const model = decodeModel(await readFile(golden('residual')));
  const inputs = model.graph.inputs.map((input) => ({ ...input, dims: [1, ...(input.dims ?? []).slice(1)] }));
  const folder = await temporaryFolder(t, {
    'fixed.onnx': encodeModel({ ...model, graph: { ...model.graph, inputs } }),
  });
  const { code, out, err } = await grodinHere(['bench', 'fixed.onnx', ...quick], folder);
  t.is(code, 0, err);
  t.regex(out, /compiled anew, since the file is exported for batches of 1\./);
});

test('bench measures a model whose weights lie in another file', async (t) => {
  const folder = await temporaryFolder(t, {});
  await writeWithExternalData(golden('perceptron'), join(folder, 'outside.onnx'), 'weights.bin');
  const { code, err } = await grodinHere(['bench', 'outside.onnx', ...quick], folder);
  t.is(err, '');
  t.is(code, 0);
});

test('bench refuses what it cannot measure in one line that names the file', async (t) => {
  const folder = await temporaryFolder(t, { 'text.onnx': 'not a model' });
  for (const [args, pattern] of [
    [['missing.onnx', '--json'], /^grodin: missing\.onnx: no such model file[^\n]*\n$/],
    [['text.onnx', '--json'], /^grodin: text\.onnx: not an ONNX model[^\n]*\n$/],
    [
      [golden('residual'), '--json', '--parameters', 'bn9.*'],
      /residual\.onnx: no parameter matches \["bn9[^\n]*\n$/,
    ],
    [[golden('residual'), '--batch', '0'], /Expected an integer from 1 to 65536[^\n]*\n$/],
  ] as const) {
    const { code, out, err } = await grodinHere(['bench', ...args], folder);
    t.is(code, 2, err);
    t.is(out, '');
    t.regex(err, pattern);
  }
});
