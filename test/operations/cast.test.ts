import { around, node } from './graph.js';
import { followsTheReference } from './reference.js';
import { refuses } from './refusal.js';

followsTheReference('cast');

refuses(
  'cast: whole numbers of an activation',
  around([node('Cast', ['x'], { to: { int: 7 } })]),
  'operation Cast, node node1: it makes int64 of what is computed from the image, which has no derivative; compute in floating-point numbers, with mask.float().sum() to count, and torch.floor to cut off',
);
