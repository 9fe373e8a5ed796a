import { goldenNetworks } from './golden.js';

/** They reveal most errors in the least time: a check that runs out of time has gone through these. */
const first = ['confident-40', 'softmax', 'tied', 'grouped', 'bottleneck', 'mixed', 'small-gamma', 'wide'];

/** All golden networks, in the order in which a check goes through them. */
export const networksToCheck: readonly string[] = [
  ...first,
  ...goldenNetworks.filter((network) => !first.includes(network)),
];
