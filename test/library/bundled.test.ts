import { execFile } from 'node:child_process';
import { symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import test from 'ava';
import { build } from 'esbuild';
import { temporaryFolder } from '../temporary-folder.js';

const root = fileURLToPath(new URL('../../../', import.meta.url));

/** Runs what a bundler makes of a program of these lines. @returns what it prints */
async function printedByBundle(folder: string, outfile: string, lines: string): Promise<string> {
  await build({
    stdin: { contents: lines.replaceAll("'grodin", `'${root}dist/pipeline`), resolveDir: root },
    outfile: join(folder, outfile),
    ...{ bundle: true, format: 'esm', platform: 'node', logLevel: 'error' },
    external: ['@tensorflow/*', 'onnxruntime-node', 'piscina', 'sharp', 'webgpu', 'yaml'],
  });
  const { stdout } = await promisify(execFile)(process.execPath, [outfile], { cwd: folder, timeout: 60_000 });
  return stdout;
}

// With these names its programs seem to lie beside the bundle, which would be started as one of them.
for (const outfile of ['main.js', 'jobs/main.js'])
  test(`a bundle that grodin is part of, ${outfile}, starts no processes, and says why`, async (t) => {
    const folder = await temporaryFolder(t);
    await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
    await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
    const printed = await printedByBundle(
      folder,
      outfile,
      `import { score } from 'grodin/index.js';
       // Started as a process of its own.
       if (process.argv.length > 2) process.exit(9);
       await score('net.onnx', ['0.png']).next().catch(({ kind, message }) => console.log(kind + ': ' + message));`,
    );
    t.is(
      printed,
      `input: ${join(folder, outfile)}: grodin was bundled, and can't start its processes from there; leave it out of the bundle, for example with external: ['grodin']\n`,
    );
  });

test('what compiles and what measures can be part of a bundle', async (t) => {
  const folder = await temporaryFolder(t);
  const network = JSON.stringify(`${root}test/golden/residual.onnx`);
  const printed = await printedByBundle(
    folder,
    'main.mjs',
    `import { compile } from 'grodin/compile.js';
     import { detectionMetrics } from 'grodin/metrics.js';
     console.log((await compile(${network})).length > 10000, detectionMetrics([1], [2]).auroc.value);`,
  );
  t.is(printed, 'true 1\n');
});
