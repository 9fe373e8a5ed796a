import test from 'ava';
import { elementTypeCodes } from '../../stages/onnx/model.js';
import { around as aroundBy, booleans, floats, integers, node } from '../operations/graph.js';
import { refuses } from '../operations/refusal.js';
import { differenceToRuntime } from './against-runtime.js';

/** As PyTorch writes it: what Constant nodes hold is of the code. */
const around: typeof aroundBy = (...of) => ({ ...aroundBy(...of), producer: 'pytorch' });

const pads = { pad: integers([1, -1]), last: integers([1]) };
const table = node('Constant', [], { value: { tensor: floats([1, 3]) } }, ['t']);

for (const mode of ['constant', 'reflect', 'edge'])
  test(`numbers of the code that are padded, by ${mode}, are those that ONNX Runtime has`, async (t) => {
    const reach = mode === 'constant' ? integers([1, 1, 2, 0]) : integers([0, 1, 0, 0]);
    const model = around(
      [table, node('Pad', ['t', 'reach'], { mode: { string: mode } }, ['p']), node('Mul', ['x', 'p'])],
      { reach },
    );
    t.true((await differenceToRuntime(model)) < 1e-6);
  });

test('pads of named axes may cut numbers off', async (t) => {
  const model = around(
    [
      node('Constant', [], { value: { tensor: floats([1, 4]) } }, ['t']),
      node('Pad', ['t', 'pad', 'number', 'last'], {}, ['p']),
      node('Mul', ['x', 'p']),
    ],
    { ...pads, number: floats([], [0.5]) },
    { opset: 18 },
  );
  t.true((await differenceToRuntime(model)) < 1e-6);
});

test('a mask of truth values gets a place more, as for a bias of keys', async (t) => {
  const model = around(
    [
      node('Pad', ['mask', 'more'], {}, ['p']),
      node('Cast', ['p'], { to: { int: elementTypeCodes.bool } }, ['c']),
      node('Where', ['c', 'number', 'x']),
    ],
    {
      mask: { ...booleans(false, true, true), dims: [1, 3] },
      more: integers([0, 0, 0, 1]),
      number: floats([], [-1]),
    },
  );
  t.true((await differenceToRuntime(model)) < 1e-6);
});

refuses(
  'a padding that leaves nothing of numbers of the code',
  around([table, node('Pad', ['t', 'none'], {}, ['p']), node('Mul', ['x', 'p'])], {
    none: integers([0, -2, 0, -1]),
  }),
  'operation Pad, node node2: pads [0, -2, 0, -1] leave nothing of [1, 3]',
);
