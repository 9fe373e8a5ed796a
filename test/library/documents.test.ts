import { execFile } from 'node:child_process';
import { cp, mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import test from 'ava';
import * as library from 'grodin';
import { sharedExperiment } from '../run/small-experiment.js';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const command = promisify(execFile);

/** Examples whose measurements take long are compiled only. */
const slow = /\b(?:doctor|bench)\(/;

test('the examples of docs/library.md compile, and run in their order', async (t) => {
  const folder = await sharedExperiment({ images: 30, alpha: 0.2 });
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  for (const [name, image] of [
    ['cat', 0],
    ['dog', 1],
  ]) {
    await mkdir(join(folder, `val/${name}`), { recursive: true });
    await cp(join(folder, `clean/${image}.png`), join(folder, `val/${name}/${image}.png`));
  }
  await writeFile(join(folder, 'unseen.txt'), 'noisy/0.png -1\n');
  await mkdir(join(folder, 'node_modules'));
  await symlink(root, join(folder, 'node_modules/grodin'));
  await symlink(join(root, 'node_modules/@types'), join(folder, 'node_modules/@types'));
  await writeFile(join(folder, 'package.json'), JSON.stringify({ type: 'module' }));

  const page = await readFile(join(root, 'docs/library.md'), 'utf8');
  const examples = [...page.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, text = '']) => text);
  const files = examples.map((_, at) => `example-${at}.ts`);
  for (const [at, file] of files.entries()) await writeFile(join(folder, file), examples[at] ?? '');
  // As in a project without the browser's types, whose compiler checks declarations of packages too.
  const lib = ['--lib', 'es2023', '--types', 'node'];
  const strict = ['--strict', '--module', 'nodenext', '--target', 'es2023', ...lib];
  await command(join(root, 'node_modules/.bin/tsc'), [...strict, ...files], { cwd: folder }).catch(
    ({ stdout }) => t.fail(stdout),
  );
  const quick = files.filter((_, at) => !slow.test(examples[at] ?? ''));
  t.true(quick.length >= 10);
  const program = quick.map((file) => `await import('./${file.replace('.ts', '.js')}');\n`).join('');
  await writeFile(join(folder, 'all.js'), program);
  const { stdout, stderr } = await command(process.execPath, ['all.js'], { cwd: folder });
  t.is(stderr, '');
  t.regex(stdout, /^2 images, 0 other files; [0-9a-f]{64}$/m);
  t.regex(stdout, /^noisy SG \S+ auroc \d/m);
  t.regex(stdout, /^seed 0 1$/m);
  t.regex(stdout, /nowhere\.png: no such image file/);
});

test('the table of docs/library.md has every function', async (t) => {
  const page = await readFile(join(root, 'docs/library.md'), 'utf8');
  const table = page.match(/^\|.*\|$/gm)?.join('\n') ?? '';
  const functions = Object.entries(library).flatMap(([name, value]) =>
    typeof value === 'function' && !('prototype' in value && value.prototype instanceof Error) ? [name] : [],
  );
  t.true(functions.length >= 30);
  t.deepEqual(
    functions.filter((name) => !table.includes(`\`${name}\``)),
    [],
  );
});
