import { around, floats, node } from './graph.js';
import { followsTheReference } from './reference.js';
import { refuses } from './refusal.js';

followsTheReference('batch-normalization');

const statistics = {
  scale: floats([4], [1, 2, 1, 1]),
  shift: floats([4]),
  mean: floats([4]),
  variance: floats([4], [1, 1, 4, 1]),
};

refuses(
  'batch-normalization: training mode',
  around(
    [node('BatchNormalization', ['x', 'scale', 'shift', 'mean', 'variance'], { training_mode: { int: 1 } })],
    statistics,
  ),
  'operation BatchNormalization, node node1: is in training mode; export the model after model.eval()',
);

refuses(
  'batch-normalization: training mode by further outputs, as before operator set 14',
  around(
    [
      node('BatchNormalization', ['x', 'scale', 'shift', 'mean', 'variance'], {}, ['n', 'new mean']),
      node('Add', ['n', 'new mean']),
    ],
    statistics,
    {
      opset: 11,
    },
  ),
  'operation BatchNormalization, node node1: is in training mode; export the model after model.eval()',
);

refuses(
  'batch-normalization: a mean computed from the image',
  around([node('BatchNormalization', ['x', 'scale', 'shift', 'x', 'variance'])], statistics),
  'operation BatchNormalization, node node1: input 3 must be a constant, but it is computed from the image',
);

refuses(
  'batch-normalization: a mean that is computed of constants',
  around(
    [node('Tanh', ['mean'], {}, ['t']), node('BatchNormalization', ['x', 'scale', 'shift', 't', 'variance'])],
    statistics,
  ),
  "operation BatchNormalization, node node2: input 3 must be a constant, but the graph computes it of others; give the model with its constants folded, as ONNX Runtime's optimiser does at level 'basic'",
);

refuses(
  'batch-normalization: a scale of another size',
  around([node('BatchNormalization', ['x', 'scale', 'shift', 'mean', 'variance'])], {
    ...statistics,
    scale: floats([3]),
  }),
  'operation Conv + BatchNormalization, node node0 + node1: input 1 of the BatchNormalization has shape [3], expected [4]',
);

refuses(
  'batch-normalization: images where channels are',
  around(
    [
      node('Transpose', ['x'], { perm: { ints: [1, 0, 2, 3] } }, ['m']),
      node('BatchNormalization', ['m', 'scale', 'shift', 'mean', 'variance']),
    ],
    statistics,
  ),
  "operation BatchNormalization, node node2: axis 1 of [4, N, 4, 4] is the batch's: that would mix images with each other",
);
