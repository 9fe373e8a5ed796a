import { execFile } from 'node:child_process';
import { copyFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test, { type ExecutionContext } from 'ava';
import { nameSettingsAsOptions } from '../../stages/setting.js';
import { type Finished, grodin } from '../cli/built.js';
import { grodinHere } from '../cli/here.js';
import { runExperiment } from '../run/command.js';
import { runExperiment as runHere } from '../run/here.js';
import { scoreRows } from '../run/score-rows.js';
import { sharedExperiment } from '../run/small-experiment.js';
import { nothingToRunOn } from './nothing-to-run-on.js';

nameSettingsAsOptions();

const network = fileURLToPath(new URL('../../../test/golden/softmax.onnx', import.meta.url));

let folder: string;

// Few images for a small network, which takes squares of 18 × 18 pixels.
test.before(async () => {
  const preprocess = { resize: null, crop: 18, mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25] };
  folder = await sharedExperiment({
    images: 4,
    epsilon: [0.002],
    temperature: [10],
    outliers: ['noisy'],
    models: [{ name: 'net', file: 'net.onnx', preprocess }],
  });
  await copyFile(network, join(folder, 'net.onnx'));
  await writeFile(join(folder, 'crop.json'), JSON.stringify(preprocess));
  const { code, err } = await runHere(folder, 'cpu');
  if (code !== 0) throw new Error(err);
});

test.after.always(() => rm(folder, { recursive: true, force: true }));

test.serial('tensors that stay on a WebGPU device can be fed again, not read, and are freed', async (t) => {
  const program = fileURLToPath(new URL('./webgpu-tensors.js', import.meta.url));
  const [out, err] = await new Promise<[string, string]>((resolve) =>
    execFile(process.execPath, [program], (_, stdout, stderr) => resolve([stdout, stderr])),
  );
  if (/can't load this provider/.test(err)) return nothingToRunOn(t, missingFrom(err));
  const { wrong, refusal, grown } = JSON.parse(out);
  t.is(wrong, 0);
  t.regex(refusal, /a tensor that was kept on the device can only be fed to a graph/);
  // A tensor that is not freed would make this 0.5, both 1.
  t.true(grown < 0.3, `${grown}`);
});

/** What WebGPU itself, ONNX Runtime's provider or TensorFlow.js compute otherwise than the graphs say: emitted or run in other forms. */
const delicateCases: Readonly<Record<string, readonly string[]>> = {
  webgpu: [
    'pow: an exponent of 5',
    'pow: a broken exponent',
    'gemm: a bias of no axes',
    'merged-batch: rows that are parted',
    'thresholded-relu: steps and exact zeros',
  ],
  'tfjs-webgpu': [
    'einsum: a layer of several heads, as Keras and Flax have it',
    'gemm: a beta of 0',
    'reduce-max: the positions',
    'slice: two axes and steps',
    'trilu: kernels whose corners are left out',
    'where: the lowest number of float32',
  ],
};

for (const [device, cases] of Object.entries(delicateCases))
  test.serial(
    `operations that are delicate on ${device} have the gradients of PyTorch float64`,
    async (t) => {
      t.timeout(600_000);
      const program = fileURLToPath(new URL('./cases-on-device.js', import.meta.url));
      const [out, err] = await new Promise<[string, string]>((resolve) =>
        execFile(process.execPath, [program, device, ...cases], (_, stdout, stderr) =>
          resolve([stdout, stderr]),
        ),
      );
      if (/WebGPU is not available|can't load this provider/.test(err))
        return nothingToRunOn(t, missingFrom(err));
      t.deepEqual(JSON.parse(out), [], err);
    },
  );

for (const [device, engine] of [
  ['webgpu', 'onnxruntime'],
  ['tfjs-webgpu', 'tfjs'],
] as const) {
  test.serial(`score on ${device} gives what it gives on the CPU, within tolerance`, async (t) => {
    t.timeout(600_000);
    const images = ['clean/0.png', 'noisy/0.png'];
    const how = ['--preprocess', 'crop.json', '--temperature', '10', '--epsilon', '0.002', '--json'];
    const args = ['score', 'net.onnx', ...images, ...how];
    const gpu = await grodin([...args, '--device', device], folder);
    if (isMissing(gpu, device)) return nothingToRunOn(t, missingFrom(gpu.err));
    const [here, there] = [await grodinHere(args, folder), gpu].map(({ out }) => out.trimEnd().split('\n'));
    t.is(there!.length, images.length);
    for (const [index, line] of here!.entries())
      nearAll(t, Object.values(JSON.parse(there![index]!)), Object.values(JSON.parse(line)));
  });

  test.serial(`a run on ${device} has the scores of a run on the CPU, within tolerance`, async (t) => {
    t.timeout(600_000);
    const gpu = await runExperiment(folder, device, '--device', device);
    if (isMissing(gpu, device)) return nothingToRunOn(t, missingFrom(gpu.err));
    t.is(gpu.code, 0, gpu.err);
    const [here, there] = [await scoreRows(join(folder, 'cpu')), await scoreRows(join(folder, device))];
    t.deepEqual(there.engines, [`${engine} webgpu`]);
    t.deepEqual([...there.rows.keys()].sort(), [...here.rows.keys()].sort());
    for (const [key, values] of here.rows) nearAll(t, there.rows.get(key)!, values);
  });
}

function isMissing({ code, err }: Finished, device: string): boolean {
  return code === 2 && err.includes(`--device ${device}: `);
}

/** The line of an error output that says what is missing. */
function missingFrom(err: string): string {
  return err.match(/(DeviceError|grodin): (--device .*)/)?.[2] ?? err;
}

/** Compares numbers within the tolerance of single precision, anything else exactly. */
function nearAll(t: ExecutionContext, values: readonly unknown[], references: readonly unknown[]): void {
  for (const [index, reference] of references.entries()) {
    const value = values[index];
    const both = typeof value === 'number' && typeof reference === 'number';
    const near = value === reference || (both && Math.abs(value - reference) <= 5e-4);
    t.true(near, `${value} instead of ${reference}`);
  }
}
