import { around, node } from './graph.js';
import { followsTheReference } from './reference.js';
import { refuses } from './refusal.js';

followsTheReference('global-average-pool');

refuses(
  'global-average-pool: an input without positions',
  around([node('Flatten', ['x'], {}, ['f']), node('GlobalAveragePool', ['f'])]),
  'operation GlobalAveragePool, node node2: input has shape [N, 64], which has no positions',
);
