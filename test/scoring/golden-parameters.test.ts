import test, { type ExecutionContext } from 'ava';
import { goldenImages } from '../../workers/parity/golden-images.js';
import { disagreements, type NetworkGolden, openScorer, readNetworkGolden, score } from './golden-network.js';

const keptAndFolded = [
  'residual',
  'bottleneck',
  'wide',
  'grouped',
  'small-gamma',
  'mixed',
  'perceptron',
  'softmax',
];

const attention = ['attention', 'attention-folded', 'windows', 'windows-v2'];

for (const network of [
  ...keptAndFolded,
  ...keptAndFolded.map((name) => `${name}-folded`),
  'statistic',
  ...attention,
]) {
  test(`the ${network} network has the right norm for each kind of parameter alone`, async (t) => {
    const golden = readNetworkGolden(network);
    const images = goldenImages(golden);
    const wrong: string[] = [];
    for (const role of Object.keys(golden.cells[0]!.logSGByRole)) {
      const session = await openScorer(network, { batch: golden.seeds.length, parameters: [`role:${role}`] });
      for (const cell of golden.cells) {
        const { logSG } = await score(session, images, golden.shape, cell);
        const where = `${role}, T ${cell.temperature}, ε step ${cell.epsilon[0]}`;
        wrong.push(...disagreements(where, logSG, cell.logSGByRole[role]!));
      }
    }
    t.deepEqual(wrong, []);
  });
}

for (const network of [
  'grouped',
  'small-gamma',
  'mixed',
  'perceptron',
  'tied',
  'copies',
  'statistic',
  ...attention,
]) {
  test(`the ${network} network has the right norm for parameters of each kind alone, chosen by name`, async (t) => {
    const golden = readNetworkGolden(network);
    const images = goldenImages(golden);
    const wrong: string[] = [];
    for (const [name, { logSG }] of firstAndLastOfEachRole(golden)) {
      const session = await openScorer(network, { batch: golden.seeds.length, parameters: [name] });
      const scored = await score(session, images, golden.shape, golden.cells[0]!);
      wrong.push(...disagreements(name, scored.logSG, logSG));
    }
    t.deepEqual(wrong, []);
  });
}

/** Of every parameter the norm is held in layer-norms.test.ts, where one graph gives them all. */
function firstAndLastOfEachRole({ parameters }: NetworkGolden) {
  const all = Object.entries(parameters);
  return all.filter(([, { role }], index) => {
    const isOfRole = (one: (typeof all)[number]): boolean => one[1].role === role;
    return all.findIndex(isOfRole) === index || all.findLastIndex(isOfRole) === index;
  });
}

test('several patterns add up to the norm of all the parameters that any of them matches', async (t) => {
  const golden = readNetworkGolden('wide');
  const session = await openScorer('wide', {
    batch: golden.seeds.length,
    parameters: ['block2.*', '*.bias'],
  });
  const scored = await score(session, goldenImages(golden), golden.shape, golden.cells[0]!);
  const chosen = Object.entries(golden.parameters).filter(([name]) => /^block2\.|\.bias$/.test(name));
  const expected = golden.seeds.map((_, i) =>
    Math.log(chosen.reduce((sum, [, parameter]) => sum + Math.exp(parameter.logSG[i]!), 0)),
  );
  t.deepEqual(disagreements('log SG', scored.logSG, expected), []);
});

test('copies that an exporter made through Identity are one parameter where they are tied', (t) =>
  variant(t, 'copies'));
test('a tensor in several slots is several parameters where it is untied', (t) => variant(t, 'tied'));

async function variant(t: ExecutionContext, network: string): Promise<void> {
  const golden = readNetworkGolden(network);
  const [{ options, logSG }] = golden.variants as [(typeof golden.variants)[number]];
  const session = await openScorer(network, { batch: golden.seeds.length, ...options });
  const scored = await score(session, goldenImages(golden), golden.shape, golden.cells[0]!);
  // The decision shows: it moves the norm by far more than the tolerance.
  t.true(logSG.every((value, i) => Math.abs(value - golden.cells[0]!.logSG[i]!) > 5e-3));
  t.deepEqual(disagreements('log SG', scored.logSG, logSG), []);
}
