import { followsTheReference } from './reference.js';

for (const rule of ['conv', 'conv-of-rows', 'pools', 'normalizations'])
  followsTheReference(`${rule}-over-windows`);
