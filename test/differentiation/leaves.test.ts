import test from 'ava';
import { ModelError } from '../../stages/errors.js';
import { decideModelParameters } from '../../stages/scoring/compile-passes.js';
import { around, floats, node } from '../operations/graph.js';

test('a tensor that is computed with as one value in two places is not untied', (t) => {
  const model = around(
    [node('Concat', ['token', 'x', 'token'], { axis: { int: 2 } })],
    { token: floats([1, 4, 1, 4]) },
    { batch: 1 },
  );
  t.deepEqual(
    decideModelParameters(model).parameters.map(({ name }) => name),
    ['stem.weight', 'token'],
  );
  const error = t.throws(() => decideModelParameters(model, { untie: ['token'] }), {
    instanceOf: ModelError,
  });
  t.is(
    error.message,
    'untie: "token" is computed with as one value in several places, so that it can\'t be a parameter in each; leave it out, or give the file a copy of it for each place',
  );
});
