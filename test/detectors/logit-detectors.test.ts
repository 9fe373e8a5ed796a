import { readFile } from 'node:fs/promises';
import test from 'ava';
import { detectorNamed, detectors } from '../../stages/detectors/index.js';
import { logitReadings } from '../../stages/detectors/logit-readings.js';
import { aurocAgainst } from '../../stages/metrics/auroc-against.js';
import { sortScores } from '../../stages/metrics/sorted-scores.js';

interface Golden {
  readonly logits: readonly number[];
  readonly scores: Readonly<Record<string, number>>;
}

const golden: readonly Golden[] = JSON.parse(
  await readFile(new URL('../../../test/detectors/logits.json', import.meta.url), 'utf8'),
);
const ofLogits = detectors.filter((detector) => detector.ofLogits !== undefined);

test('the golden file has every detector of logits', (t) => {
  t.deepEqual(Object.keys(golden[0]!.scores).sort(), ofLogits.map(({ name }) => name).sort());
});

for (const { name, ofLogits: read } of ofLogits) {
  test(`${name} is what its definition gives in 80 digits, for logits far apart too`, (t) => {
    for (const { logits, scores } of golden) {
      const value = read!(logits, 1);
      const expected = scores[name]!;
      t.true(Math.abs(value - expected) <= 1e-12 * Math.abs(expected) + 1e-300, `${value} ${expected}`);
    }
  });

  test(`${name} is larger where a network is less sure, and grows with nothing else`, (t) => {
    // Sure of one class, by 8 to 12, and of none: the others differ by chance.
    let state = 1;
    const chance = () => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return state / 2 ** 32;
    };
    const image = (sure: number) => Array.from({ length: 20 }, (_, c) => chance() + (c === 4 ? sure : 0));
    const inDomain = Array.from({ length: 50 }, () => read!(image(8 + 4 * chance()), 1));
    const outlier = Array.from({ length: 50 }, () => read!(image(2 * chance()), 1));
    t.true(Math.min(...outlier) > Math.max(...inDomain));
    t.is(aurocAgainst(sortScores(Float64Array.from(inDomain)), Float64Array.from(outlier)), 1);
  });
}

test('detectors of logits ask for ε = 0 and T = 1 alone, the others for none', (t) => {
  const grid = { epsilon: [0, 0.002], temperature: [1, 10] };
  t.deepEqual(
    logitReadings(detectors, grid).map(({ detector, temperature }) => [detector, temperature]),
    ofLogits.map(({ name }) => [name, 1]),
  );
  t.true(
    Number.isNaN(
      detectorNamed('Energy').value({
        epsilon: 0,
        temperature: 1,
        predicted: 0,
        maxLogit: 1,
        logOdds: 1,
        logSG: 1,
      }),
    ),
  );
});
