/**
 * Bundles the programs that `grodin` starts, after the compiler has written them as modules: each process and each thread would
 * load hundreds of these, one file after the other, which takes longer than what it then does, and asks a shared file system
 * thousands of times where many tasks begin at once. Packages that are many modules are bundled too, with their licences beside
 * them. What is imported as a library stays as it is.
 *
 * Usage: node dist/scripts/bundle.js
 */
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';

/** Modules that processes and threads are started with. */
const programs = [
  'pipeline/cli/main',
  'pipeline/cli/guarded-main',
  'pipeline/jobs/main',
  'pipeline/pool/main',
  // Pools whose workers tests put stand-ins in the place of.
  'pipeline/pool/process',
  'pipeline/rates/main',
  'scripts/start',
  'scripts/write-images',
  'workers/bootstrap-worker',
  'workers/images/decoding-thread',
  'workers/doctor/check-child',
  'workers/doctor/together-worker',
  'workers/manifest-worker',
  'workers/worker',
];
/** Where the parts lie that programs share. */
const shared = 'dist/programs';

/** Packages that stay apart: they load native code or files of their own, start threads, or are one module anyway. */
const external = [
  '@tensorflow/*',
  'cli-progress',
  'commander',
  'onnxruntime-node',
  'piscina',
  'sharp',
  'vega',
  'vega-lite',
  'webgpu',
  'yaml',
  'zx',
];

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Has each module find what lies beside it, as workers and data, by the place that the compiler gave it. */
const places: Plugin = {
  name: 'places',
  setup({ onLoad }) {
    onLoad({ filter: /\.ts$/ }, async ({ path }) => {
      const text = await readFile(path, 'utf8');
      const place = relative(root, path).replace(/\.ts$/, '.js');
      return {
        contents: text.replaceAll('import.meta.url', `new URL(${JSON.stringify(place)}, grodinDist).href`),
        loader: 'ts',
      };
    });
  },
};

await rm(join(root, shared), { recursive: true, force: true });
const { outputFiles, metafile } = await build({
  absWorkingDir: root,
  entryPoints: programs.map((program) => `${program}.ts`),
  outdir: 'dist',
  outbase: '.',
  chunkNames: `${relative('dist', shared)}/[hash]`,
  ...{ bundle: true, splitting: true, write: false },
  ...{ format: 'esm', platform: 'node', target: 'node20', metafile: true },
  external,
  plugins: [places],
  logLevel: 'warning',
});
for (const { path, text } of outputFiles) {
  const up = relative(dirname(path), join(root, 'dist'));
  const line = `const grodinDist = new URL(${JSON.stringify(`${up}/`)}, import.meta.url);\n`;
  // The line that a shell reads stays the first.
  const [shebang = ''] = /^#!.*\n/.exec(text) ?? [];
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, `${shebang}${line}${text.slice(shebang.length)}`);
}
await writeFile(join(root, shared, 'LICENSES.txt'), await licences(Object.keys(metafile.inputs)));

/** What packages that modules are of ask to be passed on with them. */
async function licences(modules: readonly string[]): Promise<string> {
  const packages = new Set(
    modules.flatMap((path) => /^(?:.*\/)?node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[0] ?? []),
  );
  const texts: string[] = [];
  for (const folder of [...packages].sort()) {
    const { name, version, license } = JSON.parse(await readFile(join(root, folder, 'package.json'), 'utf8'));
    const files = (await readdir(join(root, folder))).filter((file) =>
      /^(licen[cs]e|notice|copying)/i.test(file),
    );
    const found = await Promise.all(files.sort().map((file) => readFile(join(root, folder, file), 'utf8')));
    texts.push([`${name} ${version} (${license})`, ...found.map((text) => text.trim())].join('\n\n'));
  }
  return `These packages are part of the programs here.\n\n${texts.join(`\n\n${'-'.repeat(80)}\n\n`)}\n`;
}
