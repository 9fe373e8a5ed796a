import { around, integers, node } from './graph.js';
import { followsTheReference } from './reference.js';
import { refuses } from './refusal.js';

followsTheReference('clip');

refuses(
  'clip: an integer bound',
  around([node('Clip', ['x', 'l'])], { l: integers([0], []) }),
  'operation Clip, node node1: input 1 is of type int64; only float32 networks can be scored: export the model in float32',
);
