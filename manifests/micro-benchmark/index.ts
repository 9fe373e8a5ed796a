export { inDomainClasses } from './in-domain-classes.js';
export { renditions } from './renditions.js';
export { type SetName, setNames } from './sets.js';
export { unseenClasses } from './unseen-classes.js';
export { type MicroBenchmark, type MicroBenchmarkOptions, writeMicroBenchmark } from './write.js';
