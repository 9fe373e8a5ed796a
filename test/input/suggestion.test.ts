import test from 'ava';
import { didYouMean } from '../../manifests/input/suggestion.js';

test('the nearest word is suggested, whatever its case', (t) => {
  t.is(didYouMean('epsilonn', ['epsilon', 'temperature']), '; did you mean "epsilon"?');
  t.is(didYouMean('lable', ['path', 'label']), '; did you mean "label"?');
  t.is(didYouMean('odin', ['MSP', 'ODIN']), '; did you mean "ODIN"?');
});

test('nothing is suggested where nothing is near', (t) => {
  t.is(didYouMean('colour', ['path', 'label', 'id', 'base']), '');
  t.is(didYouMean('x', []), '');
});
