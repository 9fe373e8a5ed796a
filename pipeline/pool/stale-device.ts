/** Ends a pool process, of which a device has failed on shard after shard: another process may heal it. */
export class StaleDeviceError extends Error {}
