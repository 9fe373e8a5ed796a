/**
 * Scores the first 200 images of `clean` and the first 120 of O on one device, at T 1, 10, 100, for engine_agreement.py to
 * compare with PyTorch. Writes `images.f32` [N, 3, 32, 32], `MODEL.DEVICE.json` and the signs by which images are
 * perturbed, `MODEL.DEVICE.signs`, int8 [T, N, 3, 32, 32].
 *
 * Usage: node dist/scripts/micro-benchmark/engine-scores.js DIRECTORY MODEL DEVICE[+LOWERINGS] [EPSILONS=5]
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readCandidates } from '../../manifests/micro-benchmark/candidates.js';
import { planImages } from '../../manifests/micro-benchmark/sets.js';
import { type Lowerings, loweringPresets } from '../../stages/lowerings/lowerings.js';
import { loweringsOf } from '../../workers/devices/device.js';
import { deviceKind, selectDevices } from '../../workers/devices/index.js';
import { drawnInput, scoreOnDevice } from './score-on-device.js';

const [directory, model, deviceAndForm, points = '5'] = process.argv.slice(2);
if (directory === undefined || model === undefined || deviceAndForm === undefined) {
  console.error(
    'Usage: node dist/scripts/micro-benchmark/engine-scores.js DIRECTORY MODEL DEVICE [EPSILONS]',
  );
  process.exit(2);
}
const counts: Readonly<Record<string, number>> = { clean: 200, O: 120 };
const [deviceName = '', form] = deviceAndForm.split('+');
const [device] = await selectDevices(deviceName);
if (device === undefined) throw new Error(`there is no ${deviceName}`);
const kind = deviceKind(device.name);
const presets: Readonly<Record<string, Lowerings>> = loweringPresets;
const lowerings = form === undefined ? loweringsOf(kind, 'fp32') : presets[form];
if (lowerings === undefined)
  throw new Error(`there are no lowerings ${form}; there are ${Object.keys(presets).join(', ')}`);

const planned = planImages(await readCandidates());
const images = Object.entries(counts).flatMap(([set, count]) =>
  planned.filter((image) => image.set === set).slice(0, count),
);
const input = drawnInput(images);
const last = Math.max(1, Number(points) - 1);
const { cells, signs } = await scoreOnDevice(input, {
  engine: await kind.load(device, 'fp32'),
  lowerings,
  model,
  temperatures: [1, 10, 100],
  epsilons: Array.from({ length: Number(points) }, (_, index) => (0.004 * index) / last),
});
await mkdir(directory, { recursive: true });
const file = join(directory, `${model}.${deviceAndForm.replace(':', '-')}`);
await writeFile(join(directory, 'images.f32'), input);
await writeFile(`${file}.signs`, signs);
await writeFile(`${file}.json`, JSON.stringify({ ids: images.map(({ id }) => id), cells }));
