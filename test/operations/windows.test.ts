import { followsTheReference } from './reference.js';

for (const rule of [
  'conv-over-windows',
  'conv-of-rows-over-windows',
  'pools-over-windows',
  'normalizations-over-windows',
])
  followsTheReference(rule);
