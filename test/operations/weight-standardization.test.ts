import { around, floats, node } from './graph.js';
import { followsTheReference } from './reference.js';
import { refuses } from './refusal.js';

followsTheReference('weight-standardization');

const training = { training_mode: { int: 1 } };
const statistics = {
  ones: floats([4], [1, 1, 1, 1]),
  zeros: floats([4], [0, 0, 0, 0]),
  weight: floats([1, 4, 4]),
};
const inputs = ['weight', 'ones', 'zeros', 'zeros', 'ones'];

refuses(
  'weight standardization: statistics that something reads',
  around(
    [
      node('BatchNormalization', inputs, training, ['n', 'mean', 'variance']),
      node('Mul', ['x', 'n'], {}, ['m']),
      node('Mul', ['m', 'mean']),
    ],
    statistics,
  ),
  'operation BatchNormalization, node node1: its output mean, which node node3 (Mul) reads, is not supported',
);

refuses(
  'weight standardization: a scale of another size',
  around(
    [
      node('BatchNormalization', ['weight', 'three', 'zeros', 'zeros', 'ones'], training, ['n']),
      node('Mul', ['x', 'n']),
    ],
    { ...statistics, three: floats([3]) },
  ),
  'operation BatchNormalization, node node1: input 1 has shape [3], expected [4]',
);

refuses(
  'weight standardization: a scale computed from the image',
  around(
    [
      node('GlobalAveragePool', ['x'], {}, ['pooled']),
      node('BatchNormalization', ['weight', 'pooled', 'zeros', 'zeros', 'ones'], training, ['n']),
      node('Mul', ['x', 'n']),
    ],
    statistics,
  ),
  'operation BatchNormalization, node node2: is in training mode; export the model after model.eval()',
);
