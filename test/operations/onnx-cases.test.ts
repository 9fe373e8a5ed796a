import { fileURLToPath } from 'node:url';
import test from 'ava';
import { foldingOutcome } from '../../scripts/onnx-cases/folding.js';
import { caseFolders, readCase } from '../../scripts/onnx-cases/operator-case.js';
import { forwardOutcome } from '../../scripts/onnx-cases/outcome.js';

for (const folder of caseFolders(
  fileURLToPath(new URL('../../../test/golden/onnx-cases', import.meta.url)),
)) {
  const one = readCase(folder);
  test(`ONNX's own case ${one?.name} gives what it must, compiled and folded`, async (t) => {
    t.truthy(one);
    const outcomes = one ? [await forwardOutcome(one), foldingOutcome(one)] : [];
    t.deepEqual(
      outcomes.filter((outcome) => outcome?.kind === 'wrong'),
      [],
    );
    t.true(outcomes.some((outcome) => outcome?.kind === 'equal'));
  });
}
