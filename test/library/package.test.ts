import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import test, { type ExecutionContext } from 'ava';
import { sharedExperiment } from '../run/small-experiment.js';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const command = promisify(execFile);

/** A project that has nothing but the package, as npm packs it, and the packages that it says it needs. */
let project: string;
let tarball: string;

test.before(async () => {
  project = await mkdtemp(join(tmpdir(), 'grodin-'));
  await command('npm', ['pack', '--ignore-scripts', '--pack-destination', project], { cwd: root });
  tarball = join(project, (await readdir(project)).find((name) => name.endsWith('.tgz')) ?? '');
  const modules = join(project, 'node_modules');
  await mkdir(join(modules, 'grodin'), { recursive: true });
  await command('tar', ['-xzf', tarball, '-C', join(modules, 'grodin'), '--strip-components', '1']);
  const { dependencies } = JSON.parse(await readFile(join(modules, 'grodin/package.json'), 'utf8'));
  for (const name of [...Object.keys(dependencies), '@types/node']) await link(name, modules);
  await writeFile(join(project, 'package.json'), JSON.stringify({ type: 'module' }));
});

test.after.always(() => rm(project, { recursive: true, force: true }));

async function link(name: string, modules: string): Promise<void> {
  await mkdir(dirname(join(modules, name)), { recursive: true });
  await symlink(join(root, 'node_modules', name), join(modules, name));
}

/** Runs a tool of the checkout in the project; what it finds fault with fails the test. */
async function passes(t: ExecutionContext, tool: string, args: readonly string[]): Promise<void> {
  await command(join(root, 'node_modules/.bin', tool), [...args], { cwd: project }).then(
    () => t.pass(),
    ({ stdout, message }) => t.fail(stdout || message),
  );
}

test('publint finds nothing to mend in the package', async (t) => {
  await passes(t, 'publint', [tarball, '--strict']);
});

test('the types of every entry are found as its code is', async (t) => {
  await passes(t, 'attw', [tarball, '--profile', 'esm-only']);
});

test('a script of ten lines makes an experiment of an object, compiles its model and scores an image', async (t) => {
  const folder = await sharedExperiment({ images: 4 });
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  const script = `
    import { parseExperiment, score, type ExperimentInput } from 'grodin';
    import { compile } from 'grodin/compile';
    import { detectionMetrics } from 'grodin/metrics';

    const preprocess = { mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25] } as const;
    const set = (name: string) => ({ name, manifest: name + '.csv', validation: 2 });
    const models = [{ name: 'net', file: 'net.onnx', preprocess }];
    const content: ExperimentInput = { models, inDomain: set('clean'), outliers: [set('noisy')] };
    const { models: [net] } = await parseExperiment(content, process.cwd());
    if (net === undefined) throw new TypeError('an experiment has a model');
    const scores: number[] = [];
    for await (const result of score(net.file, ['clean/0.png', 'noisy/0.png'], { preprocess: net.preprocess }))
      if ('logSG' in result) scores.push(result.logSG);
    const { auroc } = detectionMetrics(scores.slice(0, 1), scores.slice(1));
    console.log(JSON.stringify({ bytes: (await compile(net.file)).length, scores, auroc: auroc.value }));
  `;
  const source = join(project, 'script.ts');
  await writeFile(source, script);
  const strict = ['--strict', '--exactOptionalPropertyTypes', '--module', 'nodenext', '--target', 'es2023'];
  // Without the browser's types, and with the declarations of packages checked.
  await passes(t, 'tsc', [...strict, '--lib', 'es2023', '--types', 'node', source]);
  const { stdout } = await command(process.execPath, [join(project, 'script.js')], { cwd: folder });
  const { bytes, scores, auroc } = JSON.parse(stdout);
  t.true(bytes > 1000);
  t.is(scores.length, 2);
  t.true(auroc === 0 || auroc === 1);
});
