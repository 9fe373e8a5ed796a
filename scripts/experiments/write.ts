/** Writes the experiments that ship, below `manifests/`: npm run build && node dist/scripts/experiments/write.js */
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { experimentText, shippedExperiments } from './shipped.js';

const manifests = new URL('../../../manifests/', import.meta.url);

for (const { file, content } of shippedExperiments)
  await writeFile(fileURLToPath(new URL(file, manifests)), `${experimentText(content)}\n`);
