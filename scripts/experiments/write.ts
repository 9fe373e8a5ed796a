/** Writes the experiments that ship, below `manifests/`: npm run build && node dist/scripts/experiments/write.js */
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { shippedExperiments, shippedText } from './shipped.js';

const manifests = new URL('../../../manifests/', import.meta.url);

for (const shipped of shippedExperiments)
  await writeFile(fileURLToPath(new URL(shipped.file, manifests)), shippedText(shipped));
