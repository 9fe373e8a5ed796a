import { execFile } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { isThere } from '../../manifests/output/file-system.js';
import type { Finished } from '../cli/built.js';
import { temporaryFolder } from '../temporary-folder.js';
import { writeDownloads } from './paper-downloads.js';

const program = fileURLToPath(new URL('../../scripts/reproduce.js', import.meta.url));

function reproduce(cwd: string, ...args: readonly string[]): Promise<Finished> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [program, ...args], { cwd }, (_, out, err) => {
      resolve({ code: child.exitCode, out, err });
    });
  });
}

test("the paper's experiments run from the downloads to tables beside the paper's values, and go on where they were", async (t) => {
  const folder = await temporaryFolder(t);
  await writeDownloads(join(folder, 'data'));
  const steps = await reproduce(folder, '--trial', '--dry-run', '--out', 'paper');
  t.is(steps.code, 0, steps.err);
  const path = (...names: readonly string[]): string => join(folder, ...names);
  const made = (name: string): string => path('paper', 'experiments', name);
  t.deepEqual(steps.out.split('\n'), [
    `grodin manifest imagenet-val ${path('data/ILSVRC2012_img_val')} --devkit ${path('data/ILSVRC2012_devkit_t12')} -o ${made('imagenet-1k.csv')}`,
    ...['o', 'r', 'a'].map(
      (set) =>
        `grodin manifest imagenet-${set} ${path(`data/imagenet-${set}.tar`)} -o ${made(`imagenet-${set}.csv`)}`,
    ),
    `grodin manifest imagenet-c ${path('data/blur.tar')} -o ${made('imagenet-c')}`,
    `grodin manifest cifar ${path('data/cifar-10-batches-bin')} -o ${made('cifar-10.csv')}`,
    `grodin manifest tiny-imagenet ${path('data/tiny-imagenet-200')} --no-labels -o ${made('tiny-imagenet.csv')}`,
    `# ${made('imagenet-trial.json')}: is written`,
    `grodin run ${made('imagenet-trial.json')} --out ${path('paper/imagenet-trial')}`,
    `# ${made('cifar-10-trial.json')}: is written`,
    `grodin run ${made('cifar-10-trial.json')} --out ${path('paper/cifar-10-trial')}`,
    '',
  ]);
  t.false(await isThere(path('paper')));
  const whole = await reproduce(folder, '--trial', '--out', 'paper');
  t.is(whole.code, 0, whole.err);
  for (const [name, published] of [
    ['imagenet-trial', /ImageNet-C/],
    ['cifar-10-trial', /tiny-ImageNet/],
  ] as const) {
    t.true(await isThere(path('paper', name, 'metrics.arrow')));
    t.regex(await readFile(path('paper', name, 'tables', 'table-5.md'), 'utf8'), published);
    t.true(whole.out.includes(`report: ${path('paper', name, 'report.html')}\n`));
  }
  await rm(made('cifar-10.csv'));
  const again = await reproduce(folder, '--trial', '--out', 'paper', '--experiments', 'cifar-10');
  t.is(again.code, 0, again.err);
  t.true(
    again.out.includes(
      `${made('tiny-imagenet.csv')}: is there, and kept; remove it to have it listed anew\n`,
    ),
  );
  t.regex(again.err, /the run is finished, nothing to do/);
});

test('all that is missing is named in one line, and nothing is begun', async (t) => {
  const folder = await temporaryFolder(t, {
    'downloads/imagenet-o.tar': '',
    'downloads/blur.tar': '',
    'nets/resnet18.onnx': '',
  });
  const args = ['--data', 'downloads', '--models', 'nets'];
  const { code, err } = await reproduce(folder, ...args, '--experiments', 'imagenet');
  t.is(code, 2);
  const at = (name: string): string => join(folder, 'downloads', name);
  t.is(
    err,
    `reproduce: 5 things are missing: ${join(folder, 'nets', 'resnet50.onnx')}; ${at('ILSVRC2012_devkit_t12')}; ` +
      `${at('ILSVRC2012_img_val.tar')}, or ${at('ILSVRC2012_img_val')} (for imagenet-1k.csv); ` +
      `${at('imagenet-r.tar')}, or ${at('imagenet-r')} (for imagenet-r.csv); ` +
      `${at('imagenet-a.tar')}, or ${at('imagenet-a')} (for imagenet-a.csv); ` +
      'where to have them from: manifests/paper/README.md, docs/datasets.md\n',
  );
  // All corruptions are not in one archive.
  t.regex(
    (await reproduce(folder, ...args, '--experiments', 'imagenet-c')).err,
    /blur\.tar and \S+digital\.tar and .*, or \S+\/imagenet-c \(for imagenet-c\)/,
  );
  t.regex(
    (await reproduce(folder, '--experiments', 'imagenet,imagnet')).err,
    /^reproduce: --experiments: found "imagnet"; expected some of imagenet, cifar-10/,
  );
  t.false(await isThere(join(folder, 'results')));
});
