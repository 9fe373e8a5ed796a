import test from 'ava';
import { compactTable } from '../../pipeline/cli/results-summary.js';
import { costTable } from '../../pipeline/costs/cost-table.js';
import type { DeviceCosts, ModelCosts } from '../../pipeline/costs/device-costs.js';
import { renderMarkdown } from '../../pipeline/tables/markdown.js';

const net: ModelCosts = {
  name: 'seed-0',
  sha256: 'a'.repeat(64),
  sameAs: null,
  inference: 0.001,
  perturbation: 0.002,
  scoring: 0.003,
  training: 0.0025,
  inferences: 5,
  trainingSteps: 2,
  problem: null,
};

const on = (device: string, models: readonly ModelCosts[]): DeviceCosts => ({
  ...{ device, processor: 'some CPU', engine: 'onnxruntime', engineVersion: '1.30.0', provider: device },
  ...{ precision: 'fp32', threads: 2, batch: 8, date: '2026-11-27', models },
});

test('a row has a network with all models of its structure, beside what the paper says', (t) => {
  const text = renderMarkdown(costTable([on('cpu', [net, { ...net, name: 'seed-1', sameAs: 'seed-0' }])])!);
  t.regex(text, /paper's section 4\.3: about 4 to 6 inferences, about 2 training steps/);
  t.regex(text, /On cpu \(some CPU; onnxruntime 1\.30\.0, cpu; 2 threads, batches of 8, fp32\), 2026-11-27:/);
  t.regex(text, /\| seed-0, seed-1 +\| +1 +\| +2 +\| +3 +\| +2\.5 +\| +5 +\| +2 +\|/);
  t.notRegex(text, /could be measured/);
});

test('what a device could not do is not measured, and the reason stands below', (t) => {
  const without = { ...net, training: null, trainingSteps: null, problem: 'there is no ReduceSumSquare' };
  const nothing: ModelCosts = {
    ...{ ...without, name: 'wide', inference: null, perturbation: null, scoring: null, inferences: null },
    problem: 'the device | is gone',
  };
  const table = costTable([on('cpu', [net]), on('cuda:0', [without, nothing])])!;
  const text = renderMarkdown(table);
  t.regex(text, /\| seed-0 +\| +1 +\| +2 +\| +3 +\| +— +\| +5 +\| +— +\|/);
  t.regex(text, /seed-0 on cuda:0: no training step could be measured, since there is no ReduceSumSquare\./);
  t.regex(text, /wide on cuda:0: nothing could be measured, since the device \\\| is gone\./);
});

test('nothing is shown where nothing was measured', (t) => {
  t.is(costTable([]), null);
});

test('networks of one structure whose names are long are counted in their row, and named in a note', (t) => {
  const names = ['ResNet-8', ...[1, 2, 3, 4, 5].map((seed) => `ResNet-8-seed-${seed}`)];
  const models = names.map((name, at) => ({ ...net, name, sameAs: at === 0 ? null : 'ResNet-8' }));
  const table = costTable([on('cpu', models), on('cuda:0', models)])!;
  t.deepEqual(table.sections[0]!.rows[0]!.headings, ['ResNet-8 and 5 alike']);
  t.regex(compactTable(table, 120), /share a row.*\n[\s\S]*ResNet-8 and 5 alike /);
  t.deepEqual(
    table.notes.filter((note) => note.startsWith('Alike')),
    [`Alike, being of one structure, and measured as one: ${names.join(', ')}.`],
  );
});
