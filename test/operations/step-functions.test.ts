import test from 'ava';
import { ModelError } from '../../stages/errors.js';
import { compileOneShot, compileScoring } from '../../stages/scoring/compile-passes.js';
import { notesOn } from '../../stages/scoring/describe-model.js';
import { around, floats, node } from './graph.js';
import { followsTheReference } from './reference.js';

for (const rule of ['ceil', 'floor', 'round', 'sign', 'comparisons']) followsTheReference(rule);

const rounded = around([node('Round', ['x'], {}, ['u']), node('Mul', ['u', 'c'])], { c: floats([4, 1, 1]) });

test('where all scored parameters lie before a step function, it is said that their gradient is identically 0', (t) => {
  const error = t.throws(() => compileScoring(rounded, { parameters: ['stem.weight'] }), {
    instanceOf: ModelError,
  });
  t.is(
    error.message,
    'operation Round, node node1: its derivative is 0 wherever it has one, and all scored parameters lie before it, so that their gradient is identically 0; score parameters behind it too',
  );
  t.notThrows(() => compileOneShot(rounded, { parameters: ['c', 'stem.weight'] }));
});

test('a note says at which node gradients of a network end', (t) => {
  t.deepEqual(notesOn(rounded), [
    'operation Round, node node1: no gradient passes it, as its derivative is 0 wherever it has one; if the network was trained with another gradient there, the file does not say so',
  ]);
  t.deepEqual(notesOn(around([node('Relu', ['x'])])), []);
  const test = node('Greater', ['x', 'half'], {}, ['c']);
  const half = { half: floats([], [0.5]) };
  t.deepEqual(notesOn(around([test, node('Where', ['c', 'x', 'half'])], half)), []);
  t.deepEqual(notesOn(around([test, node('Cast', ['c'], { to: { int: 1 } })], half)), [
    'operation Cast, node node2: no gradient passes it, as its derivative is 0 wherever it has one; if the network was trained with another gradient there, the file does not say so',
  ]);
  const number = node('Cast', ['c'], { to: { int: 1 } }, ['m']);
  t.deepEqual(notesOn(around([test, number, node('Mul', ['x', 'm'])], half)), []);
  t.deepEqual(
    notesOn(around([test, number, node('Conv', ['m', 'w'])], { ...half, w: floats([4, 4, 1, 1]) })),
    [
      'operation Cast, node node2: no gradient passes it, as its derivative is 0 wherever it has one; if the network was trained with another gradient there, the file does not say so',
    ],
  );
});

test('a note says which weights decide of a mask and do nothing else', (t) => {
  const gated = (reads: string) =>
    around(
      [
        node('Conv', ['x', 'gate.weight'], {}, ['g']),
        node('Greater', ['g', 'half'], {}, ['c']),
        node('Cast', ['c'], { to: { int: 1 } }, ['m']),
        node('Mul', [reads, 'm']),
      ],
      { half: floats([], [0.5]), 'gate.weight': floats([4, 4, 1, 1]) },
    );
  t.deepEqual(notesOn(gated('g')), []);
  t.deepEqual(notesOn(gated('x')), [
    'operation Greater, node node2: no gradient passes it, and gate.weight, which it is decided by, has no other way to the logits: its gradient is 0; if the network was trained with another gradient there, the file does not say so',
  ]);
});
