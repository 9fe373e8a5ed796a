/**
 * Tries the models of a range of seeds: `models-child.js FROM TO`. Writes a line before and after each, so that whoever
 * waits knows where it died.
 */
import '../../workers/engines/no-telemetry.js';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { externalDataBeside } from '../../workers/onnx-files/external-data.js';
import { baseModels } from './base-models.js';
import { modelOfSeed, tryModel } from './try-model.js';

const [from = 0, to = 0] = process.argv.slice(2).map(Number);
const bases = baseModels();
const folder = mkdtempSync(join(tmpdir(), 'grodin-fuzz-'));
const file = join(folder, 'model.onnx');
writeFileSync(file, '');
writeFileSync(join(folder, 'weights.data'), new Uint8Array(4096).fill(7));
try {
  for (let seed = from; seed < to; seed++) {
    process.stdout.write(`${JSON.stringify({ seed })}\n`);
    const { bytes } = modelOfSeed(seed, bases);
    const outcome = await tryModel(seed, bytes, externalDataBeside(file));
    // Kilobytes on Linux, the most that the process ever took.
    const megabytes = Math.round(process.resourceUsage().maxRSS / 1024);
    process.stdout.write(`${JSON.stringify({ seed, ...outcome, megabytes })}\n`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
