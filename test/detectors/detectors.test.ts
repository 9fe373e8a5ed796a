import test from 'ava';
import type { Detector } from '../../stages/detectors/detector.js';
import { detectorValues } from '../../stages/detectors/detector-values.js';
import { detectorNamed, detectors, oneOfEachPass } from '../../stages/detectors/index.js';
import { columnsOf, scoreColumns, shownScores } from '../../stages/detectors/shown-scores.js';
import { InputError, UnknownDetectorError } from '../../stages/errors.js';
import { logS } from '../../stages/scores.js';

const score = { epsilon: 0, temperature: 1, predicted: 3, maxLogit: 12.5, logOdds: 4, logSG: -7 };

const expected: readonly [name: string, value: number][] = [
  ['MSP', -4],
  ['ODIN', -4],
  ['ML', -12.5],
  ['G', -7 - 2 * Math.log(1 / (1 + Math.exp(-4)))],
  ['SG', -7],
  ['S', -4],
];

for (const [name, value] of expected) {
  test(`${name} gives its value, larger for the less certain`, (t) => {
    t.true(Math.abs(detectorNamed(name).value(score) - value) < 1e-14);
  });
}

test('MSP tells images apart whose softmax is 1 in double precision', (t) => {
  const sure = { ...score, logOdds: 60 };
  const surer = { ...score, logOdds: 60.5 };
  t.is(Math.exp(logS(60)), Math.exp(logS(60.5)));
  t.true(detectorNamed('MSP').value(sure) > detectorNamed('MSP').value(surer));
});

test('only G and SG need a backward pass, and are not a number without one', (t) => {
  const needing = detectors.filter((detector) => detector.needsGradient);
  t.deepEqual(
    needing.map((detector) => detector.name),
    ['G', 'SG'],
  );
  for (const detector of detectors) {
    const without = detector.value({ ...score, logSG: null, ofLogits: 1 });
    t.is(Number.isNaN(without), detector.needsGradient, detector.name);
  }
});

test('an unknown detector is an error that suggests the nearest name', (t) => {
  t.throws(() => detectorNamed('odn'), {
    instanceOf: UnknownDetectorError,
    message: `there is no detector "odn": did you mean "ODIN"? Detectors: ${detectors.map(({ name }) => name).join(', ')}`,
  });
});

test('names are exact, so that a table’s column is what the experiment says', (t) => {
  t.throws(() => detectorNamed('sg'), { message: /did you mean "SG"/ });
});

test('the values of a split are the detector’s, image by image', (t) => {
  const columns = {
    predicted: Int32Array.of(0, 1),
    maxLogit: Float64Array.of(3, 4),
    logOdds: Float64Array.of(1, 2),
    logSG: Float64Array.of(-1, -2),
  };
  const cell = { epsilon: 0.001, temperature: 10 };
  const values = (detector: Detector, logSG: Float64Array | null) => [
    ...detectorValues(detector, { ...columns, logSG }, cell),
  ];
  t.deepEqual(values(detectorNamed('ML'), null), [-3, -4]);
  t.deepEqual(values(detectorNamed('ODIN'), null), [-1, -2]);
  t.deepEqual(values(detectorNamed('SG'), columns.logSG), [-1, -2]);
  t.deepEqual(values(detectorNamed('SG'), null), [NaN, NaN]);
});

test('grodin score shows first what ε and T do not change, at ε = 0 and T = 1', (t) => {
  t.deepEqual(
    scoreColumns.map(({ name, heading, isFixed }) => [name, heading, isFixed]),
    [
      ['MSP', 'MSP', true],
      ['ML', 'ML', true],
      ['ODIN', 'ODIN', false],
      ['G', 'log G', false],
      ['SG', 'log SG', false],
    ],
  );
  const clean = { ...score, logOdds: 2, maxLogit: 1, logSG: null };
  const given = { ...score, temperature: 10 };
  t.deepEqual(shownScores(scoreColumns, { clean, given, logits: [] }), {
    msp: -Math.exp(logS(2)),
    ml: -1,
    odin: -Math.exp(logS(4)),
    logG: -7 - 2 * logS(4),
    logSG: -7,
  });
});

test('named detectors are shown in the order of their names, those of logits at ε = 0 and T = 1', (t) => {
  const clean = { ...score, logOdds: 2, logSG: null };
  const given = { ...score, temperature: 10 };
  const columns = columnsOf(['S', 'Energy', 'MSP']);
  t.deepEqual(Object.entries(shownScores(columns, { clean, given, logits: [0, 0] })), [
    ['s', -Math.exp(logS(4))],
    ['energy', -Math.log(2)],
    ['msp', -Math.exp(logS(2))],
  ]);
});

test('what can’t be shown of single images is refused by name, with what to do', (t) => {
  for (const [names, message] of [
    [
      ['MSP', 'TempScale'],
      /^detectors: "TempScale" has a temperature that a run fits on labelled validation images.+judge them by that run: judge\(MODEL, \[IMAGE\], \{ from: DIR, detector: NAME \}\)$/,
    ],
    [['ML', 'ML'], /^detectors: found "ML" twice; drop one$/],
    [[], /^detectors: names none; name one, for example MSP$/],
  ] as const)
    t.throws(() => columnsOf(names), { instanceOf: InputError, message });
  t.throws(() => columnsOf(['tempscale']), { message: /did you mean "TempScale"\?/ });
});

test('what a detector is shown by in scores and in tables is its own', (t) => {
  const shown = columnsOf(detectors.flatMap(({ name, shown }) => (shown === null ? [] : [name])));
  for (const of of [
    detectors.map(({ name }) => name),
    detectors.map(({ title }) => title),
    shown.map(({ key }) => key),
    shown.map(({ heading }) => heading),
  ])
    t.is(new Set<string>(of).size, of.length, of.join());
});

test('the fewest detectors that ask for every pass are one without a backward pass and one with it', (t) => {
  t.deepEqual(
    oneOfEachPass.map((name) => detectorNamed(name).needsGradient),
    [false, true],
  );
});
