import { mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { readCosts } from '../../pipeline/costs/cost-file.js';
import { measureCosts } from '../../pipeline/costs/measure-costs.js';
import { openRecorded } from '../../pipeline/opening/open-run.js';
import { resolveSetup } from '../../pipeline/setup/run-setup.js';
import { runDirectory } from '../../workers/store/run-directory.js';
import { grodinHere } from '../cli/here.js';
import { comparable } from './command.js';
import { runFile } from './here.js';
import { sharedExperiment } from './small-experiment.js';

const preprocess = { resize: null, crop: null, mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25] };
const net = (name: string, more: object = {}) => ({ name, file: 'net.onnx', preprocess, ...more });
const change = {
  models: [net('a'), net('b', { preprocess: { ...preprocess, mean: [0.4, 0.4, 0.4] } })],
  outliers: ['noisy'],
  detectors: ['MSP'],
};

let folder: string;

test.before(async (t) => {
  folder = await sharedExperiment(change);
  const { code, err } = await runFile(folder, 'experiment.json', 'plain');
  t.is(code, 0, err);
});

test.after.always(() => rm(folder, { recursive: true, force: true }));

test.serial(
  '--costs measures each network on the device of the run, in a file beside the results',
  async (t) => {
    const { code, out, err } = await runFile(folder, 'experiment.json', 'measured', '--costs');
    t.is(code, 0, err);
    t.regex(out, /Cost of a score[\s\S]*about 4 to 6 inferences/);
    t.regex(out, /On cpu \([^\n]*batches of 4, fp32\)/);
    t.regex(out, /\na, b +[\d.]+ +/);
    const [costs, ...others] = await readCosts(runDirectory(join(folder, 'measured')));
    t.is(others.length, 0);
    const [a, b] = costs!.models;
    t.deepEqual([a!.sameAs, b!.sameAs, b!.name], [null, 'a', 'b']);
    for (const value of [a!.inference, a!.perturbation, a!.scoring, a!.training, a!.inferences])
      t.true(value! > 0);
    t.is(a!.problem, null);
    // No part of what must be equal.
    t.deepEqual(await comparable(join(folder, 'measured')), await comparable(join(folder, 'plain')));
  },
);

test.serial('they are shown again, and measured again only for what was not measured', async (t) => {
  const timings = join(folder, 'measured/timings');
  const [name = ''] = await readdir(timings);
  const before = await stat(join(timings, name));
  const again = await runFile(folder, 'experiment.json', 'measured', '--costs');
  t.regex(again.err, /nothing to do/);
  t.regex(again.out, /Cost of a score/);
  t.is((await stat(join(timings, name))).mtimeMs, before.mtimeMs);
  const reduced = await grodinHere(['reduce', 'measured', '--json'], folder);
  t.deepEqual(JSON.parse(reduced.out).costs, await readCosts(runDirectory(join(folder, 'measured'))));
  // What keeps it from being measured costs nothing else.
  await rm(join(timings, name));
  await mkdir(join(timings, name));
  const blocked = await runFile(folder, 'experiment.json', 'measured', '--costs');
  t.is(blocked.code, 0, blocked.err);
  t.regex(blocked.err, /costs: not measured on cpu: [^\n]+\n/);
  t.notRegex(blocked.out, /Cost of a score/);
  // A finished run that was not measured is measured, and a file that holds nothing of the kind is replaced.
  await rm(join(timings, name), { recursive: true });
  await writeFile(join(timings, name), '{}');
  const late = await runFile(folder, 'experiment.json', 'measured', '--costs');
  t.regex(late.err, /nothing to do/);
  t.regex(late.out, /Cost of a score/);
});

test.serial('where the memory allowed is too little for it the reason is said', async (t) => {
  const { models } = await openRecorded(runDirectory(join(folder, 'plain')));
  const setup = await resolveSetup({ device: 'cpu', workers: 1 }, {});
  const bounded = { threads: 1, batch: 4, allowedBytes: 1000, cache: null };
  const measured = await measureCosts({ ...setup, ...bounded, models: models.slice(0, 1) });
  const [a] = measured.models;
  t.is(a!.inference, null);
  t.regex(a!.problem!, /^would take \d+ MB of the 1 KB allowed$/);
});
