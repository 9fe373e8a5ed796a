import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import test from 'ava';
import { optionsFrom } from '../../pipeline/processes/node-options.js';
import { temporaryFolder } from '../temporary-folder.js';

test('options of Node that name modules name the same ones from another folder', async (t) => {
  const folder = await temporaryFolder(t, { 'setup.mjs': '', 'setup.cjs': '' });
  const [imported, required] = [join(folder, 'setup.mjs'), join(folder, 'setup.cjs')];
  const url = pathToFileURL(imported).href;
  for (const [given, expected] of [
    [
      ['--import', './setup.mjs', '--max-old-space-size=900'],
      ['--import', url, '--max-old-space-size=900'],
    ],
    [['--import=./setup.mjs'], ['--import', url]],
    [
      ['-r', './setup.cjs', '--experimental-loader', url],
      ['-r', required, '--experimental-loader', url],
    ],
    [
      ['--import', 'data:text/javascript,1'],
      ['--import', 'data:text/javascript,1'],
    ],
    [
      ['--require', 'nowhere'],
      ['--require', 'nowhere'],
    ],
    [['--env-file', '.env', '--env-file=.more', '--trace-warnings'], ['--trace-warnings']],
  ] as const)
    t.deepEqual(optionsFrom(folder, given), expected);
});

test('a program that was started with a module, and has gone to another folder, has its images read', async (t) => {
  const index = JSON.stringify(new URL('../../pipeline/index.js', import.meta.url).href);
  const folder = await temporaryFolder(t, {
    'setup.mjs': '',
    'program.mjs': `
      import { preprocess, preprocessPresets } from ${index};
      process.chdir('images');
      for await (const { error } of preprocess(['no.png'], { preprocess: preprocessPresets.cifar10 })) console.log(error);
    `,
  });
  await mkdir(join(folder, 'images'));
  const args = ['--import', './setup.mjs', 'program.mjs'];
  const { stdout, stderr } = await promisify(execFile)(process.execPath, args, { cwd: folder });
  t.is(stderr, '');
  t.is(stdout, 'no.png: no such image file; check the path\n');
});
