import { around, integers, node } from './graph.js';
import { followsTheReference } from './reference.js';
import { refuses } from './refusal.js';

followsTheReference('squeeze');
followsTheReference('unsqueeze');

refuses(
  'squeeze: the batch',
  around([node('Squeeze', ['x', 'axes'])], { axes: integers([0]) }),
  "operation Squeeze, node node1: axis 0 of [N, 4, 4, 4] can't be squeezed away: its size is not 1",
);

refuses(
  'unsqueeze: an axis that is named twice',
  around([node('Unsqueeze', ['x', 'axes'])], { axes: integers([1, -5]) }),
  'operation Unsqueeze, node node1: axes [1, -5] name an axis twice',
);

refuses(
  'unsqueeze: no axes',
  around([node('Unsqueeze', ['x'])]),
  'operation Unsqueeze, node node1: it names no axes',
);
