import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import test from 'ava';

const root = fileURLToPath(new URL('../../../', import.meta.url));

/** Tells what importing a module loads of native and CommonJS code, as all engines and decoders are, and what it sets. */
const program = `
  import { createRequire } from 'node:module';
  const loaded = [];
  const { dlopen } = process;
  process.dlopen = (module, file, ...rest) => {
    loaded.push(file);
    return dlopen.call(process, module, file, ...rest);
  };
  const before = { ...process.env };
  await import(process.argv[1]);
  const { cache } = createRequire(import.meta.url);
  const changed = Object.keys({ ...before, ...process.env }).filter((name) => before[name] !== process.env[name]);
  console.log(JSON.stringify({ loaded: [...loaded, ...Object.keys(cache)], changed }));
`;

async function imports(name: string): Promise<{ loaded: string[]; changed: string[] }> {
  const { ORT_DISABLE_TELEMETRY: _, ...env } = process.env;
  const args = ['--input-type=module', '--eval', program, name];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: root, env });
  return JSON.parse(stdout);
}

const heavy = /node_modules\/(?:onnxruntime|sharp|@img|@tensorflow|webgpu)/;

for (const name of ['grodin', 'grodin/compile', 'grodin/metrics'])
  test(`importing ${name} loads neither an engine nor a decoder, and leaves the environment as it is`, async (t) => {
    const { loaded, changed } = await imports(name);
    t.deepEqual(
      loaded.filter((file) => heavy.test(file)),
      [],
    );
    t.deepEqual(changed, []);
  });

test('an engine or a decoder that is loaded would be noticed', async (t) => {
  for (const name of ['onnxruntime-node', 'sharp', '@tensorflow/tfjs-core', 'webgpu'])
    t.true(
      (await imports(name)).loaded.some((file) => heavy.test(file)),
      name,
    );
});
