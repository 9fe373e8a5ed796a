import { readFile } from 'node:fs/promises';
import test from 'ava';
import { withoutBranches } from '../../stages/branches/resolve-branches.js';
import { decodeModel } from '../../stages/onnx/decode.js';
import { decideModelParameters } from '../../stages/scoring/compile-passes.js';
import { goldenImages } from '../../workers/parity/golden-images.js';
import { disagreementsAt, openModel, readNetwork, readNetworkGolden, score } from './golden-network.js';

const file = new URL('../../../test/models/functions.onnx', import.meta.url);

test('a network of local functions and branches has the scores of the network that it is', async (t) => {
  const model = withoutBranches(decodeModel(await readFile(file)));
  const golden = readNetworkGolden('residual');
  const images = goldenImages(golden);
  const session = await openModel(model);
  for (const cell of golden.cells)
    t.deepEqual(disagreementsAt(cell, await score(session, images, golden.shape, cell)), []);
});

test('its parameters are those of the network, by their names: biases of zeros and factors of one are none', async (t) => {
  const scored = (model: ReturnType<typeof decodeModel>) =>
    decideModelParameters(model)
      .parameters.filter((parameter) => parameter.scored)
      .map(({ name, role }) => `${name} ${role}`);
  const model = withoutBranches(decodeModel(await readFile(file)));
  t.deepEqual(scored(model).sort(), scored(readNetwork('residual')).sort());
});
