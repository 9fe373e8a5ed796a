import { elementTypeCodes } from '../../stages/onnx/model.js';
import { around, floats, integers, node } from './graph.js';
import { followsTheReference } from './reference.js';
import { refuses } from './refusal.js';

followsTheReference('counts');

const toInt64 = { to: { int: elementTypeCodes.int64 } };

refuses(
  'counts: a quotient of whole numbers, which is cut off',
  around(
    [
      node('Greater', ['x', 'zero'], {}, ['m']),
      node('Cast', ['m'], toInt64, ['w']),
      node('ReduceSum', ['w', 'positions'], {}, ['n']),
      node('Div', ['n', 'two'], {}, ['half']),
      node('Cast', ['half'], { to: { int: elementTypeCodes.float32 } }, ['f']),
      node('Mul', ['x', 'f']),
    ],
    { zero: floats([], [0]), positions: integers([2, 3]), two: integers([2], []) },
  ),
  'operation Cast, node node2: it makes int64 of what is computed from the image, which has no derivative; compute in floating-point numbers, with mask.float().sum() to count, and torch.floor to cut off',
);
