import { around, node } from './graph.js';
import { followsTheReference } from './reference.js';
import { refuses } from './refusal.js';

followsTheReference('identity');

refuses(
  'identity: an input that nothing makes',
  around([node('Identity', ['z'])]),
  'node node1 (Identity) reads z, which nothing before it makes; the graph is not in order, or goes in a circle',
);
